//! Everything that is measured, started once: an httpd, nginx before it, and a
//! release build of Wharf on PostgreSQL with a user who has connected the httpd.

use std::fs::File;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::api::Api;
use crate::folder::Folder;
use crate::service::apache::Apache;
use crate::service::nginx::Nginx;
use crate::service::postgres::Postgres;
use crate::service::sandbox::WebDavAccount;
use crate::service::server::Server;
use crate::{json, random, stage, workspace};

const EMAIL: &str = "bench@example.com";

/// What is measured, and what it is measured with.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) nginx: Nginx,
    pub(super) apache: Apache,
    /// The user's account at the httpd.
    pub(super) cloud: WebDavAccount,
    /// The connection to it.
    pub(super) connection: String,
    /// The server's program.
    pub(super) program: PathBuf,
    /// For files to send.
    pub(super) folder: Folder,
    password: String,
    /// Keeps the database alive.
    _postgres: Postgres,
}

impl Scene {
    pub(super) fn start() -> anyhow::Result<Self> {
        let program = build()?;
        let postgres = Postgres::start()?;
        let apache = Apache::start()?;
        let cloud = apache.account();
        let (upstream, _) = cloud.url.split_once("/dav/").context("no /dav/")?;
        let nginx = Nginx::start(upstream)?;
        let database = postgres.environment().into_iter().map(|(_, url)| url);
        let settings = database.map(|url| ("WHARF_DATABASE_URL", url));
        let server = Server::start_with(&program, settings.collect())?;
        let password = random::password()?;
        server.create_user(EMAIL, &password)?;
        let (api, _) = Api::log_in(&server.url, EMAIL, &password)?;
        let connection = connect(&api, &cloud)?;
        Ok(Self {
            server,
            nginx,
            apache,
            cloud,
            connection,
            program,
            folder: Folder::fresh("bench")?,
            password,
            _postgres: postgres,
        })
    }

    /// The user with a fresh access token: the old one may have expired.
    pub(super) fn log_in(&self) -> anyhow::Result<Api> {
        let (api, _) = Api::log_in(&self.server.url, EMAIL, &self.password)?;
        Ok(api)
    }

    /// The same place in the httpd's folder, on disk.
    pub(super) fn files(&self) -> PathBuf {
        self.apache.files()
    }

    /// The same place in the httpd's folder, through nginx.
    pub(super) fn through_nginx(&self, name: &str) -> String {
        format!("{}/dav/{}/{name}", self.nginx.url, self.cloud.username)
    }

    /// A file of this size to be sent. It is all zeros and takes no room on disk.
    pub(super) fn file(&self, size_bytes: u64) -> anyhow::Result<PathBuf> {
        let path = self.folder.path().join(format!("{size_bytes}.bin"));
        File::create(&path)?.set_len(size_bytes)?;
        Ok(path)
    }
}

fn build() -> anyhow::Result<PathBuf> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--release", "--locked", "--bin=wharf"]);
    stage::run(cargo.arg("--package=wharf-server"))?;
    Ok(workspace::target()?.join("release/wharf"))
}

/// Connects this account; gives the connection's id.
pub(super) fn connect(api: &Api, cloud: &WebDavAccount) -> anyhow::Result<String> {
    let account = serde_json::json!({
        "provider": "webdav",
        "server_url": cloud.url,
        "username": cloud.username,
        "password": cloud.password,
    });
    let connected = api.post("/api/cloud/connections/webdav", &account)?;
    let connected = connected.expect(201)?.json()?;
    Ok(json::text(&connected, "/id")?.to_owned())
}
