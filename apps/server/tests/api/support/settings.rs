//! Settings as an operator would write them, for a server on loopback with a folder of its own.

use std::path::{Path, PathBuf};

/// The text of a settings file in the making.
pub(crate) struct Settings {
    folder: PathBuf,
    database_url: Option<String>,
    cache_ttl_secs: u64,
    egress: &'static str,
}

/// The operator's exceptions, without which nothing on loopback can be connected. Two seconds are
/// more than a sound server on this machine takes.
const LOOPBACK: &str = r#"
[egress]
allow_networks = "127.0.0.0/8"
allow_http = true
allow_ports = "1024-65535"
patience_secs = 2
"#;

impl Settings {
    /// A server that keeps everything in this folder and may reach loopback by plain HTTP.
    pub(crate) fn within(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            database_url: None,
            cache_ttl_secs: 3_600,
            egress: LOOPBACK,
        }
    }

    /// The same with PostgreSQL.
    pub(crate) fn database(mut self, url: &str) -> Self {
        self.database_url = Some(url.to_owned());
        self
    }

    /// The same without any exception from the rules of egress.
    pub(crate) fn public_only(mut self) -> Self {
        self.egress = "";
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
            cache_ttl_secs,
            egress,
            ..
        } = self;
        let data_dir = self.data_dir();
        let mut text = format!(
            "listen = \"{listen}\"\ndata_dir = {data_dir:?}\nfolder_cache_ttl_secs = {cache_ttl_secs}\n"
        );
        if let Some(url) = database_url {
            text.push_str(&format!("database_url = \"{url}\"\n"));
        }
        text.push_str(egress);
        let path = self.folder.join("wharf.toml");
        std::fs::write(&path, text).unwrap();
        path
    }
}
