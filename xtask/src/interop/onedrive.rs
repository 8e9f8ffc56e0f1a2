//! Microsoft's own client with the simulated OneDrive: what our backend is
//! proved against has to be like what it stands for.

use super::npm::Packages;
use crate::process::{Guarded, Stop, guarded};
use crate::service::sandbox::Sandbox;
use crate::workspace;

/// What works with the client and checks every answer.
const PROGRAM: &str = "likeness.mjs";

/// Fails when an answer is not as the published types say.
pub(super) fn check(packages: &Packages) -> anyhow::Result<()> {
    let ours = workspace::build()?;
    // The client takes an address that is not https for a path.
    let sandbox = Sandbox::start_with_tls(&ours.join("wharf-sandbox"))?;
    let mut client = guarded("node", Stop::Terminate, None);
    client.current_dir(packages.folder()).arg(PROGRAM);
    client.env("WHARF_INTEROP_SANDBOX", &sandbox.announced);
    client.env("NODE_EXTRA_CA_CERTS", sandbox.ca_file()?);
    let status = Guarded::spawn(&mut client)?.wait()?;
    anyhow::ensure!(status.success(), "Microsoft's client ended with {status}");
    Ok(())
}
