//! A throw-away WsgiDAV on cheroot, as `pip` brings it.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::sandbox::WebDavAccount;
use super::{Service, free_port};
use crate::folder::Folder;
use crate::process::{Stop, guarded};
use crate::{http, random};

const USER: &str = "clara";

/// A running server.
pub(crate) struct Wsgidav {
    /// Keeps the server alive.
    _service: Service,
    /// The one account.
    pub(crate) account: WebDavAccount,
}

impl Wsgidav {
    /// Starts a server; returns when its user can log in.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = Folder::fresh("wsgidav")?;
        let port = free_port()?;
        let account = WebDavAccount {
            url: format!("http://127.0.0.1:{port}/"),
            username: USER.to_owned(),
            password: random::password()?,
        };
        let files = folder.path().join("files");
        fs::create_dir(&files)?;
        let configuration = folder.path().join("wsgidav.json");
        fs::write(
            &configuration,
            self::configuration(port, &files, &account.password),
        )?;

        let mut server = guarded(program, Stop::Terminate, Some(folder.path()));
        server.arg("--config").arg(configuration);
        let mut service = Service::start("WsgiDAV", folder, server)?;
        service.wait_for(|_| Ok(lets_in(port, &account.password).then_some(())))?;
        Ok(Self {
            _service: service,
            account,
        })
    }
}

fn lets_in(port: u16, password: &str) -> bool {
    let url = format!("http://{USER}:{password}@127.0.0.1:{port}/");
    http::probe().options(url).call().is_ok()
}

/// One folder behind Basic authentication, with locks and dead properties.
fn configuration(port: u16, files: &Path, password: &str) -> String {
    let configuration = json!({
        "host": "127.0.0.1",
        "port": port,
        "server": "cheroot",
        "provider_mapping": { "/": files },
        "http_authenticator": {
            "accept_basic": true,
            "accept_digest": false,
            "default_to_digest": false,
        },
        "simple_dc": { "user_mapping": { "*": { USER: { "password": password } } } },
        "lock_storage": true,
        "property_manager": true,
        "verbose": 1,
    });
    configuration.to_string()
}
