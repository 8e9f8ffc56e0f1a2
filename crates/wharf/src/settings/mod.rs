//! What an operator can set: one type, read from a TOML file and from the environment.
//!
//! Every key of the file is also an environment variable: `egress.allow_http` is
//! `WHARF_EGRESS__ALLOW_HTTP`. The environment wins. Unknown keys and unknown `WHARF_…` variables are
//! refused, so that a misspelt one does not go unnoticed. A secret may stand in a file of its own,
//! named by its variable with `_FILE` appended. It is the only place that reads the environment.

mod audit;
mod environment;
mod house;
mod outside_issuer;
mod providers;
mod reference;
mod show;
mod text;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use confique::{Config, File, FileFormat};
use ipnet::IpNet;
use secrecy::SecretString;
use url::{Host, Url};
use wharf_domain::item::ItemName;
use wharf_domain::provider::Provider;
use wharf_egress::{Nat64Prefix, PortSet};

pub use self::audit::AuditSettings;
pub use self::house::{HouseStorage, LedgerPlace, MissingS3Key, S3Settings};
pub use self::outside_issuer::{OutsideIssuerError, OutsideIssuerSettings};
pub use self::providers::{
    GoogleDriveSettings, MissingSecret, OnedriveSettings, ProvidersSettings,
};
pub use self::reference::reference;
use self::text::{listed, parsed, return_urls, secret, state_life};

/// The settings of a Wharf.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Settings {
    /// The address and port that the server listens on.
    #[config(default = "127.0.0.1:8080", deserialize_with = parsed)]
    pub listen: SocketAddr,
    /// The address under which browsers and clients reach this server. It is also the issuer named in
    /// access tokens. `http://` and the listening address if absent.
    #[config(deserialize_with = parsed)]
    pub public_url: Option<Url>,
    /// The folder for everything that Wharf keeps itself: `wharf.sqlite3`, `keyring.json` and
    /// `documents/`. It is made at the first start.
    #[config(default = "./wharf-data", deserialize_with = parsed)]
    pub data_dir: PathBuf,
    /// The database: `postgres://…`, or `sqlite:` and a path. `wharf.sqlite3` in the data folder if absent.
    #[config(deserialize_with = secret)]
    pub database_url: Option<SecretString>,
    /// The Redis that replicas share for cached listings, which may be lost, and for the authorizations
    /// that people are in the middle of, which without it cannot be begun or completed:
    /// `redis://user:password@host:port/number`, or `rediss://…` for TLS. Both are kept in the process if
    /// absent.
    #[config(deserialize_with = secret)]
    pub redis_url: Option<SecretString>,
    /// The house's own storage: a folder, or `s3://bucket/prefix` for a bucket of the server that `s3`
    /// names. `documents` in the data folder if absent.
    #[config(deserialize_with = parsed)]
    pub house_storage: Option<HouseStorage>,
    /// The file with the operator's keys; never kept in the database. `keyring.json` in the data folder
    /// if absent. Losing it means losing every stored credential.
    #[config(deserialize_with = parsed)]
    pub keyring_file: Option<PathBuf>,
    /// Where deletions of accounts are noted outside the database, so that a database restored from a
    /// backup forgets them again: a file that all replicas write to, or `house` for the house's own storage.
    /// Absent, it is the house where that is a bucket, else `deletions.log` in the data folder. Never restore
    /// it from a backup.
    #[config(deserialize_with = parsed)]
    pub deletion_ledger: Option<LedgerPlace>,
    /// The text of a key file, for where secrets are handed in and not kept in files; `keyring_file` is not
    /// read then, and keys cannot be rotated from here.
    #[config(deserialize_with = secret)]
    pub keyring_text: Option<SecretString>,
    /// How long a folder listing is answered from the cache, in seconds; 0 switches the cache off.
    #[config(default = 60, deserialize_with = parsed)]
    pub folder_cache_ttl_secs: u64,
    /// How long an answer is waited for when a person is sent to a provider to consent, in seconds: 60 to
    /// 1800.
    #[config(default = 1800, deserialize_with = state_life)]
    pub oauth_state_ttl_secs: u64,
    /// The addresses, separated by commas, that a browser may be sent on to when a person comes back from
    /// a provider: https, or http at a loopback address. They are compared letter by letter. Absent,
    /// everybody sees Wharf's own page.
    #[config(default = [], deserialize_with = return_urls)]
    pub return_urls: Vec<String>,
    /// The folder at the top of a connected storage that documents go into.
    #[config(default = "Wharf", deserialize_with = parsed)]
    pub documents_folder: ItemName,
    /// The web origins that may call the API from a browser, separated by commas.
    #[config(default = [], deserialize_with = listed)]
    pub cors_origins: Vec<String>,
    /// The proxies that stand before this server: CIDRs separated by commas. What they say in
    /// `X-Forwarded-For` of where a request comes from is believed, and nobody else's word is.
    #[config(default = [], deserialize_with = listed)]
    pub trusted_proxies: Vec<IpNet>,
    /// What is logged: a level such as `info`, or filters such as `warn,wharf_services=debug`.
    #[config(default = "info", deserialize_with = parsed)]
    pub log: String,
    /// How log lines look: `text` or `json`.
    #[config(default = "text", deserialize_with = parsed)]
    pub log_format: LogFormat,
    /// Whether `/metrics` answers with figures for Prometheus, to whoever asks: they name nobody, but tell
    /// how much is going on. Let your proxy keep that address from the outside.
    #[config(default = false, deserialize_with = parsed)]
    pub metrics: bool,
    /// The identity system whose users come without a second log-in.
    #[config(nested)]
    pub outside_issuer: OutsideIssuerSettings,
    /// Copies of the audit trail's checkpoints.
    #[config(nested)]
    pub audit: AuditSettings,
    /// The S3 server for a house storage in a bucket.
    #[config(nested)]
    pub s3: S3Settings,
    /// Where connections may go that users ask for.
    #[config(nested)]
    pub egress: EgressSettings,
    /// The providers that users connect by consenting there.
    #[config(nested)]
    pub providers: ProvidersSettings,
}

/// The operator's exceptions from the rules for outgoing connections.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct EgressSettings {
    /// Networks that may be reached although they are not public, for example a Nextcloud on the LAN:
    /// CIDRs separated by commas. Whoever has an account can then reach every host in them.
    #[config(default = [], deserialize_with = listed)]
    pub allow_networks: Vec<IpNet>,
    /// Whether `http` addresses are allowed beside `https`. Passwords then travel unprotected.
    #[config(default = false, deserialize_with = parsed)]
    pub allow_http: bool,
    /// The ports that may be reached, as numbers and ranges separated by commas. 443 and 8443 if
    /// absent, and 80 with `allow_http`.
    #[config(deserialize_with = parsed)]
    pub allow_ports: Option<PortSet>,
    /// Networks that must not be reached whatever else is allowed, for example this deployment's own
    /// public hosts: CIDRs separated by commas.
    #[config(default = [], deserialize_with = listed)]
    pub deny_networks: Vec<IpNet>,
    /// The prefix of the NAT64 through which this host reaches IPv4, for example `64:ff9b::/96`: 96 bits.
    /// Its addresses are then judged by the IPv4 address in them. If absent, they are refused.
    #[config(deserialize_with = parsed)]
    pub nat64_prefix: Option<Nat64Prefix>,
    /// A file with certificates (PEM) of authorities that are trusted beside the public ones.
    #[config(deserialize_with = parsed)]
    pub extra_ca_file: Option<PathBuf>,
    /// How long it may take to resolve the name of a storage's server, in seconds.
    #[config(default = 5, deserialize_with = parsed)]
    pub resolve_secs: u64,
    /// How long it may take to connect to it, in seconds.
    #[config(default = 5, deserialize_with = parsed)]
    pub connect_secs: u64,
    /// How long the TLS handshake with it may take, in seconds.
    #[config(default = 5, deserialize_with = parsed)]
    pub tls_secs: u64,
    /// How long it may take to begin its answer, and may pause while it takes an upload, in seconds.
    #[config(default = 30, deserialize_with = parsed)]
    pub first_byte_secs: u64,
    /// How long it may pause in the middle of an answer, in seconds.
    #[config(default = 30, deserialize_with = parsed)]
    pub stall_secs: u64,
    /// How many bytes a second it must send at least, over a minute in which somebody waits for them; 0
    /// for any.
    #[config(default = 1024, deserialize_with = parsed)]
    pub min_bytes_per_sec: u64,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Settings that cannot be used. The message names the key or variable, and never holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read, or holds what it must not.
    #[error("the settings file {} cannot be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: confique::Error,
    },
    /// An environment variable is unknown, or holds what it must not.
    #[error("the environment variable {name} cannot be used: {reason}")]
    Variable {
        /// The variable.
        name: String,
        /// Why.
        reason: String,
    },
    /// A secret's file cannot be read.
    #[error("the file {} that {name} names cannot be read", path.display())]
    SecretFile {
        /// The variable.
        name: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The settings do not fit together.
    #[error("the settings cannot be used")]
    Unusable(#[source] confique::Error),
}

impl Settings {
    /// Reads the settings from the process's environment and, if one is named, from a file.
    ///
    /// # Errors
    /// If a source cannot be read, or a value cannot be used.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        Self::from_sources(file, std::env::vars_os())
    }

    fn from_sources(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = environment::Variable>,
    ) -> Result<Self, SettingsError> {
        let mut builder = Self::builder().preloaded(environment::layer(variables)?);
        if let Some(path) = file {
            let layer = File::with_format(path, FileFormat::Toml).required().load();
            builder = builder.preloaded(layer.map_err(|source| SettingsError::File {
                path: path.to_owned(),
                source,
            })?);
        }
        builder.load().map_err(SettingsError::Unusable)
    }

    /// The address under which clients reach the server.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// The web origin of that address, as browsers write it (RFC 6454, section 6.2).
    pub fn public_origin(&self) -> String {
        match &self.public_url {
            Some(url) => url.origin().ascii_serialization(),
            None => self.public_url(),
        }
    }

    /// Whether browsers reach the server without TLS and on their own machine only, as in
    /// development.
    pub fn is_plain_loopback(&self) -> bool {
        let Some(url) = &self.public_url else {
            return self.listen.ip().is_loopback();
        };
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        url.scheme() == "http" && is_loopback
    }

    /// The database's address.
    pub fn database_url(&self) -> SecretString {
        self.database_url.clone().unwrap_or_else(|| {
            let file = self.data_dir.join("wharf.sqlite3");
            format!("sqlite:{}", file.display()).into()
        })
    }

    /// Where the house's own storage lies.
    pub fn house_storage(&self) -> HouseStorage {
        let folder = || HouseStorage::Folder(self.data_dir.join("documents"));
        self.house_storage.clone().unwrap_or_else(folder)
    }

    /// Where deletions are noted outside the database.
    pub fn deletion_ledger(&self) -> LedgerPlace {
        self.deletion_ledger
            .clone()
            .unwrap_or_else(|| match self.house_storage() {
                HouseStorage::Bucket(_) => LedgerPlace::House,
                HouseStorage::Folder(_) => LedgerPlace::File(self.data_dir.join("deletions.log")),
            })
    }

    /// The file with the operator's keys.
    pub fn keyring_file(&self) -> PathBuf {
        self.keyring_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("keyring.json"))
    }

    /// How long an answer is waited for when a person is sent to a provider.
    pub fn oauth_state_life(&self) -> Duration {
        Duration::from_secs(self.oauth_state_ttl_secs)
    }

    /// Where a provider's answers come to; each has an address of its own (O-05).
    pub fn redirect_uri(&self, provider: Provider) -> String {
        format!("{}/api/cloud/oauth/callback/{provider}", self.public_url())
    }

    /// How long a listing is answered from the cache.
    pub fn folder_cache_ttl(&self) -> Duration {
        Duration::from_secs(self.folder_cache_ttl_secs)
    }
}

#[cfg(test)]
mod tests;
