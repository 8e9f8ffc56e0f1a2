//! Wharf as a client of an authorization server that others wrote.

use super::npm::Packages;
use super::suite;
use crate::service::oidc_provider::OidcProvider;
use crate::stage;

/// Fails with every case that failed: there is nothing that this server cannot do.
pub(super) fn check(packages: &Packages) -> anyhow::Result<()> {
    let server = OidcProvider::start(packages.folder())?;
    let settings = [
        ("ISSUER", &server.issuer),
        ("CLIENT_SECRET", &server.client_secret),
        ("REDIRECT_URI", &server.redirect_uri),
    ];
    let settings = settings.map(|(name, value)| (format!("OIDC_{name}"), value.as_str()));
    let verdicts = suite::run("wharf-oauth", &settings)?;
    println!("authorization server: {verdicts}");
    stage::demand_none(&verdicts.findings(&[]))
}
