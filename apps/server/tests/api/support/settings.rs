//! Settings as an operator would write them, for a server on loopback with a folder of its own.

use std::path::{Path, PathBuf};

use wharf_sandbox::Sandbox;

use super::s3::{KEY, KEY_ID, S3Server};

/// The text of a settings file in the making.
pub(crate) struct Settings {
    folder: PathBuf,
    database_url: Option<String>,
    redis_url: Option<String>,
    keyring_file: Option<PathBuf>,
    egress: &'static str,
    patience_secs: Option<u64>,
    public_url: Option<&'static str>,
    cors_origins: &'static str,
    return_urls: &'static str,
    trusted_proxies: &'static str,
    providers: String,
    tables: String,
    house_storage: &'static str,
    s3: String,
    metrics: bool,
}

/// The operator's exceptions, without which nothing on loopback can be connected.
const LOOPBACK: &str = r#"
[egress]
allow_networks = "127.0.0.0/8"
allow_http = true
allow_ports = "1024-65535"
"#;

impl Settings {
    /// A server that keeps everything in this folder and may reach loopback by plain HTTP.
    pub(crate) fn within(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            database_url: None,
            redis_url: None,
            keyring_file: None,
            egress: LOOPBACK,
            patience_secs: None,
            public_url: None,
            cors_origins: "",
            return_urls: "",
            trusted_proxies: "",
            providers: String::new(),
            tables: String::new(),
            house_storage: "",
            s3: String::new(),
            metrics: true,
        }
    }

    /// The same with PostgreSQL.
    pub(crate) fn database(mut self, url: &str) -> Self {
        self.database_url = Some(url.to_owned());
        self
    }

    /// The same with Redis.
    pub(crate) fn redis(mut self, url: &str) -> Self {
        self.redis_url = Some(url.to_owned());
        self
    }

    /// The same with another server's keys.
    pub(crate) fn keyring(mut self, file: &Path) -> Self {
        self.keyring_file = Some(file.to_owned());
        self
    }

    /// The same without any exception from the rules of egress.
    pub(crate) fn public_only(mut self) -> Self {
        self.egress = "";
        self
    }

    /// The same with little patience for storages that stall.
    pub(crate) fn impatient(mut self) -> Self {
        self.patience_secs = Some(2);
        self
    }

    /// The same under an address that browsers reach it by.
    pub(crate) fn public(mut self, url: &'static str) -> Self {
        self.public_url = Some(url);
        self
    }

    /// The same with browsers sent on to these addresses.
    pub(crate) fn returning_to(mut self, return_urls: &'static str) -> Self {
        self.return_urls = return_urls;
        self
    }

    /// The same behind proxies in this network.
    pub(crate) fn trusting_proxies(mut self, network: &'static str) -> Self {
        self.trusted_proxies = network;
        self
    }

    /// The same for the simulated Google and Microsoft.
    pub(crate) fn offering(mut self, sandbox: &Sandbox) -> Self {
        let (google, microsoft) = (sandbox.google(), sandbox.microsoft());
        self.providers = format!(
            r#"
[providers.google_drive]
client_id = "{}"
client_secret = "{}"
auth_url = "{}"
token_url = "{}"
revoke_url = "{}"
api_url = "{}"

[providers.onedrive]
client_id = "{}"
client_secret = "{}"
auth_url = "{}"
token_url = "{}"
api_url = "{}"
"#,
            google.client_id,
            google.client_secret,
            google.auth_url,
            google.token_url,
            google.revoke_url,
            google.api_url,
            microsoft.client_id,
            microsoft.client_secret,
            microsoft.auth_url,
            microsoft.token_url,
            microsoft.api_url,
        );
        self
    }

    /// The same with an identity provider in front of Microsoft whose refresh tokens die by their use.
    pub(crate) fn with_strict_onedrive(mut self) -> Self {
        // OneDrive's table is the last one.
        self.providers.push_str("rotation = \"strict\"\n");
        self
    }

    /// The same with the house in this server's bucket.
    pub(crate) fn house_in(mut self, server: &S3Server) -> Self {
        self.house_storage = "house_storage = \"s3://wharf/some/prefix\"";
        self.s3 = format!(
            "[s3]\nendpoint = \"{}\"\naccess_key_id = \"{KEY_ID}\"\nsecret_access_key = \"{KEY}\"\n",
            server.endpoint()
        );
        self
    }

    /// The same for web pages of another origin.
    pub(crate) fn for_pages_of(mut self, origin: &'static str) -> Self {
        self.cors_origins = origin;
        self
    }

    /// The same with a table of settings as it stands in a file.
    pub(crate) fn table(mut self, table: &str) -> Self {
        self.tables.push_str(table);
        self
    }

    /// The same without figures for Prometheus.
    pub(crate) fn without_metrics(mut self) -> Self {
        self.metrics = false;
        self
    }

    /// Where the server keeps what is its own.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Writes the file for a server at this address; gives its path.
    pub(crate) fn write(&self, listen: &str) -> PathBuf {
        let Self {
            database_url,
            redis_url,
            keyring_file,
            egress,
            patience_secs,
            public_url,
            cors_origins,
            return_urls,
            trusted_proxies,
            providers,
            tables,
            house_storage,
            s3,
            metrics,
            ..
        } = self;
        let data_dir = self.data_dir();
        let patience =
            patience_secs.map(|secs| format!("first_byte_secs = {secs}\nstall_secs = {secs}\n"));
        let patience = patience.unwrap_or_default();
        let database = database_url
            .as_ref()
            .map(|url| format!("database_url = \"{url}\""));
        let database = database.unwrap_or_default();
        let public_url = public_url.map(|url| format!("public_url = \"{url}\""));
        let public_url = public_url.unwrap_or_default();
        let redis = redis_url
            .as_ref()
            .map(|url| format!("redis_url = \"{url}\""));
        let redis = redis.unwrap_or_default();
        let keyring = keyring_file
            .as_ref()
            .map(|file| format!("keyring_file = {file:?}"));
        let keyring = keyring.unwrap_or_default();
        let text = format!(
            r#"
listen = "{listen}"
data_dir = {data_dir:?}
folder_cache_ttl_secs = 3600
log = "trace"
metrics = {metrics}
cors_origins = "{cors_origins}"
return_urls = "{return_urls}"
trusted_proxies = "{trusted_proxies}"
{public_url}
{database}
{redis}
{keyring}
{house_storage}
{egress}{patience}{providers}{s3}{tables}"#
        );
        let path = self.folder.join("wharf.toml");
        std::fs::write(&path, text).unwrap();
        path
    }
}
