//! The description against the server: Schemathesis makes requests of it, sound
//! and unsound ones, and demands that every answer is one that it announces.

use std::ffi::OsStr;

use super::python::Environment;
use crate::api::Api;
use crate::folder::Folder;
use crate::process::{Guarded, Stop, guarded};
use crate::service::sandbox::Sandbox;
use crate::service::server::Server;
use crate::{json, random, workspace};

/// What it may do, and what the description cannot say.
const CONFIGURATION: &str = "interop/schemathesis.toml";

const EMAIL: &str = "interop@example.com";

/// Fails when an answer is not as the description says.
pub(super) fn check(programs: &Environment) -> anyhow::Result<()> {
    let ours = workspace::build()?;
    let sandbox = Sandbox::start(&ours.join("wharf-sandbox"))?;
    let mut server = Server::start(&ours.join("wharf"))?;
    let password = random::password()?;
    server.create_user(EMAIL, &password)?;
    let (api, _) = Api::log_in(&server.url, EMAIL, &password)?;
    let things = Things::make(&api, &sandbox)?;

    // It leaves files where it runs.
    let folder = Folder::fresh("schemathesis")?;
    let mut schemathesis = guarded(
        programs.program("st"),
        Stop::Terminate,
        Some(folder.path()),
    );
    schemathesis.current_dir(folder.path());
    let configuration = workspace::root().canonicalize()?.join(CONFIGURATION);
    schemathesis.args([OsStr::new("--config-file"), configuration.as_os_str()]);
    schemathesis.args(["run", &format!("{}/openapi.json", server.url)]);
    schemathesis.env("WHARF_INTEROP_TOKEN", api.token());
    schemathesis.env("WHARF_INTEROP_CONNECTION", things.connection);
    schemathesis.env("WHARF_INTEROP_DOCUMENT", things.document);
    let status = Guarded::spawn(&mut schemathesis)?.wait()?;
    anyhow::ensure!(
        status.success(),
        "Schemathesis ended with {status}; the server's last words:\n{}",
        server.last_log_lines()
    );
    Ok(())
}

/// What is there for the paths to name.
struct Things {
    connection: String,
    document: String,
}

impl Things {
    fn make(api: &Api, sandbox: &Sandbox) -> anyhow::Result<Self> {
        let account = serde_json::json!({
            "provider": "webdav",
            "server_url": sandbox.webdav.url,
            "username": sandbox.webdav.username,
            "password": sandbox.webdav.password,
        });
        let connected = api.post("/api/cloud/connections/webdav", &account)?;
        let connected = connected.expect(201)?.json()?;
        let stored = api.upload("/api/documents?name=interop.txt&storage=house", b"bytes")?;
        let stored = stored.expect(201)?.json()?;
        Ok(Self {
            connection: json::text(&connected, "/id")?.to_owned(),
            document: json::text(&stored, "/id")?.to_owned(),
        })
    }
}
