//! The effective settings for an operator's eyes: every key with its value, and no secret.

use std::fmt;

use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};

use url::Url;
use wharf_domain::ports::oauth::RefreshKind;

use super::{
    AuditSettings, EgressSettings, GoogleDriveSettings, OnedriveSettings, OutsideIssuerSettings,
    ProvidersSettings, S3Settings, Settings,
};

impl fmt::Display for Settings {
    /// One `key = value` a line, in the form of the settings file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Taken apart to the last field, so that a new one cannot be forgotten.
        let Self {
            listen,
            public_url: _,
            data_dir,
            database_url: _,
            redis_url,
            house_storage: _,
            keyring_file: _,
            deletion_ledger: _,
            keyring_text,
            folder_cache_ttl_secs,
            oauth_state_ttl_secs,
            return_urls,
            documents_folder,
            cors_origins,
            trusted_proxies,
            log,
            log_format,
            metrics,
            outside_issuer,
            audit,
            s3,
            egress,
            providers,
        } = self;
        writeln!(f, "listen = {:?}", listen.to_string())?;
        writeln!(f, "public_url = {:?}", self.public_url())?;
        writeln!(f, "data_dir = {data_dir:?}")?;
        writeln!(f, "database_url = {:?}", kind(&self.database_url()))?;
        if let Some(url) = redis_url {
            writeln!(f, "redis_url = {:?}", kind(url))?;
        }
        writeln!(f, "house_storage = {:?}", self.house_storage().to_string())?;
        match keyring_text {
            Some(_) => writeln!(f, "keyring_text = \"[redacted]\"")?,
            None => writeln!(f, "keyring_file = {:?}", self.keyring_file())?,
        }
        let ledger = self.deletion_ledger().to_string();
        writeln!(f, "deletion_ledger = {ledger:?}")?;
        writeln!(f, "folder_cache_ttl_secs = {folder_cache_ttl_secs}")?;
        writeln!(f, "oauth_state_ttl_secs = {oauth_state_ttl_secs}")?;
        writeln!(f, "return_urls = {return_urls:?}")?;
        writeln!(f, "documents_folder = {:?}", documents_folder.as_str())?;
        writeln!(f, "cors_origins = {cors_origins:?}")?;
        writeln!(f, "trusted_proxies = {:?}", texts(trusted_proxies))?;
        writeln!(f, "log = {log:?}")?;
        writeln!(f, "log_format = {:?}", log_format.to_string())?;
        writeln!(f, "metrics = {metrics}")?;
        write!(f, "{outside_issuer}{audit}{s3}{egress}{providers}")
    }
}

impl fmt::Display for OutsideIssuerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            url,
            audience,
            jwks_url,
            jwks_file,
            subject_claim,
            email_claim,
            role_claim,
            admin_role,
            provision,
        } = self;
        writeln!(f, "\n[outside_issuer]")?;
        for (key, text) in [("url", url), ("audience", audience)] {
            if let Some(text) = text {
                writeln!(f, "{key} = {text:?}")?;
            }
        }
        addresses(f, &[("jwks_url", jwks_url)])?;
        if let Some(file) = jwks_file {
            writeln!(f, "jwks_file = {file:?}")?;
        }
        writeln!(f, "subject_claim = {subject_claim:?}")?;
        writeln!(f, "email_claim = {email_claim:?}")?;
        if let Some(claim) = role_claim {
            writeln!(f, "role_claim = {claim:?}")?;
        }
        writeln!(f, "admin_role = {admin_role:?}")?;
        writeln!(f, "provision = {provision}")
    }
}

impl fmt::Display for AuditSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            checkpoint_log,
            checkpoint_file,
            checkpoint_bucket,
            trusted_keys,
        } = self;
        writeln!(f, "\n[audit]")?;
        writeln!(f, "checkpoint_log = {checkpoint_log}")?;
        if let Some(file) = checkpoint_file {
            writeln!(f, "checkpoint_file = {file:?}")?;
        }
        if let Some(place) = checkpoint_bucket {
            writeln!(f, "checkpoint_bucket = {:?}", place.to_string())?;
        }
        let keys: Vec<_> = trusted_keys.iter().map(ToString::to_string).collect();
        writeln!(f, "trusted_keys = {keys:?}")
    }
}

impl fmt::Display for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            endpoint,
            region,
            access_key_id,
            secret_access_key,
        } = self;
        writeln!(f, "\n[s3]")?;
        addresses(f, &[("endpoint", endpoint)])?;
        writeln!(f, "region = {region:?}")?;
        if let Some(id) = access_key_id {
            writeln!(f, "access_key_id = {id:?}")?;
        }
        if secret_access_key.is_some() {
            writeln!(f, "secret_access_key = \"[redacted]\"")?;
        }
        Ok(())
    }
}

impl fmt::Display for EgressSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            allow_networks,
            allow_http,
            allow_ports,
            deny_networks,
            nat64_prefix,
            extra_ca_file,
            resolve_secs,
            connect_secs,
            tls_secs,
            first_byte_secs,
            stall_secs,
            min_bytes_per_sec,
        } = self;
        writeln!(f, "\n[egress]")?;
        writeln!(f, "allow_networks = {:?}", texts(allow_networks))?;
        writeln!(f, "allow_http = {allow_http}")?;
        if let Some(ports) = allow_ports {
            writeln!(f, "allow_ports = {:?}", ports.to_string())?;
        }
        writeln!(f, "deny_networks = {:?}", texts(deny_networks))?;
        if let Some(prefix) = nat64_prefix {
            writeln!(f, "nat64_prefix = {:?}", prefix.to_string())?;
        }
        if let Some(file) = extra_ca_file {
            writeln!(f, "extra_ca_file = {file:?}")?;
        }
        writeln!(f, "resolve_secs = {resolve_secs}")?;
        writeln!(f, "connect_secs = {connect_secs}")?;
        writeln!(f, "tls_secs = {tls_secs}")?;
        writeln!(f, "first_byte_secs = {first_byte_secs}")?;
        writeln!(f, "stall_secs = {stall_secs}")?;
        writeln!(f, "min_bytes_per_sec = {min_bytes_per_sec}")
    }
}

fn texts(networks: &[IpNet]) -> Vec<String> {
    networks.iter().map(ToString::to_string).collect()
}

impl fmt::Display for ProvidersSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            google_drive,
            onedrive,
        } = self;
        write!(f, "{google_drive}{onedrive}")
    }
}

impl fmt::Display for GoogleDriveSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            client_id,
            client_secret,
            scope,
            rotation,
            auth_url,
            token_url,
            revoke_url,
            api_url,
            upload_url,
        } = self;
        writeln!(f, "\n[providers.google_drive]")?;
        client(f, client_id.as_ref(), client_secret.as_ref())?;
        writeln!(f, "scope = {:?}", scope.to_string())?;
        rotated(f, *rotation)?;
        addresses(
            f,
            &[
                ("auth_url", auth_url),
                ("token_url", token_url),
                ("revoke_url", revoke_url),
                ("api_url", api_url),
                ("upload_url", upload_url),
            ],
        )
    }
}

impl fmt::Display for OnedriveSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            client_id,
            client_secret,
            tenant,
            rotation,
            auth_url,
            token_url,
            api_url,
        } = self;
        writeln!(f, "\n[providers.onedrive]")?;
        client(f, client_id.as_ref(), client_secret.as_ref())?;
        writeln!(f, "tenant = {:?}", tenant.to_string())?;
        rotated(f, *rotation)?;
        addresses(
            f,
            &[
                ("auth_url", auth_url),
                ("token_url", token_url),
                ("api_url", api_url),
            ],
        )
    }
}

/// A registration; of the secret only that there is one.
fn client(
    f: &mut fmt::Formatter<'_>,
    id: Option<&String>,
    secret: Option<&SecretString>,
) -> fmt::Result {
    if let Some(id) = id {
        writeln!(f, "client_id = {id:?}")?;
    }
    if secret.is_some() {
        writeln!(f, "client_secret = \"[redacted]\"")?;
    }
    Ok(())
}

fn rotated(f: &mut fmt::Formatter<'_>, rotation: Option<RefreshKind>) -> fmt::Result {
    match rotation {
        Some(kind) => writeln!(f, "rotation = {:?}", kind.as_str()),
        None => Ok(()),
    }
}

fn addresses(f: &mut fmt::Formatter<'_>, urls: &[(&str, &Option<Url>)]) -> fmt::Result {
    for (key, url) in urls {
        if let Some(url) = url {
            writeln!(f, "{key} = {:?}", url.as_str())?;
        }
    }
    Ok(())
}

/// An address without what may be secret in it.
fn kind(url: &SecretString) -> String {
    let url = url.expose_secret();
    match url.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://[redacted]"),
        None if url.starts_with("sqlite:") => url.to_owned(),
        None => "[redacted]".to_owned(),
    }
}
