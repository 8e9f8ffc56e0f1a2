//! `cargo xtask interop`: Wharf with programs of other ecosystems.
//!
//! Ours against ourselves proves little: here its WebDAV client meets servers
//! that others wrote, and its interface a client that knows nothing but the
//! description.

mod conformance;
mod description;
mod python;
mod verdicts;

use crate::arguments::Arguments;
use crate::stage::timed;

use python::Environment;

/// Runs the command. Both parts run even when the first fails, so that one run
/// shows all there is to mend.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let install = arguments.has("--install");
    let programs = timed("programs of other ecosystems", || {
        Environment::prepare(install)
    })?;
    let servers = timed("WebDAV servers", || conformance::check(&programs));
    let description = timed("Schemathesis", || description::check(&programs));
    servers.and(description)
}
