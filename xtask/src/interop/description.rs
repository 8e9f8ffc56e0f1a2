//! The description against the server: Schemathesis makes requests of it, sound
//! and unsound ones, and demands that every answer is one that it announces.

use std::ffi::OsStr;

use anyhow::Context as _;
use ureq::http::Uri;

use crate::api::Api;
use crate::folder::Folder;
use crate::process::{Guarded, Stop, guarded};
use crate::python::Environment;
use crate::service::sandbox::{Sandbox, WebDavAccount};
use crate::service::server::Server;
use crate::{random, workspace};

/// What it may do, and what the description cannot say.
const CONFIGURATION: &str = "interop/schemathesis.toml";

const EMAIL: &str = "interop@example.com";

/// Fails when an answer is not as the description says.
pub(super) fn check(programs: &Environment) -> anyhow::Result<()> {
    let ours = workspace::build()?;
    let sandbox = Sandbox::start(&ours.join("wharf-sandbox"))?;
    // It invents addresses to connect to; none but the sandbox's is looked up.
    let port = port(&sandbox.webdav.url)?;
    let settings = vec![("WHARF_EGRESS__ALLOW_PORTS", port)];
    let mut server = Server::start_with(&ours.join("wharf"), settings)?;
    let password = random::password()?;
    server.create_user(EMAIL, &password)?;
    let (api, _) = Api::log_in(&server.url, EMAIL, &password)?;
    connect(&api, &sandbox.webdav)?;

    // It leaves files where it runs.
    let folder = Folder::fresh("schemathesis")?;
    let mut schemathesis = guarded(programs.program("st"), Stop::Terminate, Some(folder.path()));
    schemathesis.current_dir(folder.path());
    let configuration = workspace::root().canonicalize()?.join(CONFIGURATION);
    schemathesis.args([OsStr::new("--config-file"), configuration.as_os_str()]);
    schemathesis.args(["run", &format!("{}/openapi.json", server.url)]);
    schemathesis.env("WHARF_INTEROP_TOKEN", api.token());
    let status = Guarded::spawn(&mut schemathesis)?.wait()?;
    anyhow::ensure!(
        status.success(),
        "Schemathesis ended with {status}; the server's last words:\n{}",
        server.last_log_lines()
    );
    Ok(())
}

fn port(url: &str) -> anyhow::Result<String> {
    let uri: Uri = url.parse()?;
    let port = uri.port_u16().context("an address without a port")?;
    Ok(port.to_string())
}

/// Connects a storage, so that there are folders to list.
fn connect(api: &Api, cloud: &WebDavAccount) -> anyhow::Result<()> {
    let account = serde_json::json!({
        "provider": "webdav",
        "server_url": cloud.url,
        "username": cloud.username,
        "password": cloud.password,
    });
    api.post("/api/cloud/connections/webdav", &account)?
        .expect(201)?;
    Ok(())
}
