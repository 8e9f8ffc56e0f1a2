//! `cargo xtask interop`: Wharf with programs of other ecosystems.
//!
//! Ours against ourselves proves little: here its WebDAV and S3 clients meet
//! servers that others wrote, its OAuth client and the tokens that it takes an
//! authorization server that others wrote, and its interface a client that knows nothing but the description.
//! The sandbox's WebDAV meets a suite that knows nothing but the standard, and
//! what simulates Google's Drive and Microsoft's OneDrive their own clients.

mod authorization;
mod conformance;
mod description;
mod drive;
mod litmus;
mod npm;
mod onedrive;
mod outside_issuer;
mod suite;
mod verdicts;

use crate::arguments::Arguments;
use crate::python::Environment;
use crate::stage::timed;

use npm::Packages;

/// Runs the command. Every part runs even when another fails, so that one run
/// shows all there is to mend.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let install = arguments.has("--install");
    let (programs, oidc, onedrive) = timed("programs of other ecosystems", || {
        litmus::prepare(install)?;
        let programs = Environment::prepare(install)?;
        let oidc = Packages::prepare("oidc", install)?;
        anyhow::Ok((programs, oidc, Packages::prepare("onedrive", install)?))
    })?;
    let servers = timed("WebDAV and S3 servers", || conformance::check(&programs));
    let authorization = timed("authorization server", || authorization::check(&oidc));
    let outside = timed("outside issuer", || outside_issuer::check(&oidc));
    let description = timed("Schemathesis", || description::check(&programs));
    let litmus = timed("litmus", litmus::check);
    let drive = timed("Google's client", || drive::check(&programs));
    let onedrive = timed("Microsoft's client", || onedrive::check(&onedrive));
    let ours = servers.and(authorization).and(outside).and(description);
    ours.and(litmus).and(drive).and(onedrive)
}
