//! Google's own client with the simulated Drive: what our backend is proved
//! against has to be like what it stands for.

use crate::process::{Guarded, Stop, guarded};
use crate::python::Environment;
use crate::service::sandbox::Sandbox;
use crate::workspace;

/// What works with the client and checks every answer.
const PROGRAM: &str = "interop/drive/likeness.py";

/// Fails when an answer is not as the discovery document says.
pub(super) fn check(programs: &Environment) -> anyhow::Result<()> {
    let ours = workspace::build()?;
    let sandbox = Sandbox::start(&ours.join("wharf-sandbox"))?;
    let mut client = guarded(programs.program("python"), Stop::Terminate, None);
    // No compiled files in the source folder.
    client.current_dir(workspace::root()).args(["-B", PROGRAM]);
    client.env("WHARF_INTEROP_SANDBOX", &sandbox.announced);
    let status = Guarded::spawn(&mut client)?.wait()?;
    anyhow::ensure!(status.success(), "Google's client ended with {status}");
    Ok(())
}
