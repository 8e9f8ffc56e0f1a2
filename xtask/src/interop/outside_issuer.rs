//! Wharf behind an identity system that others wrote: its access tokens open Wharf, and no others do.

use super::npm::Packages;
use crate::api::Api;
use crate::service::oidc_provider::OidcProvider;
use crate::service::server::Server;
use crate::{json, workspace};

/// Wharf's name at the issuer.
const AUDIENCE: &str = "urn:wharf";

/// Fails when a token is not judged as it must be.
pub(super) fn check(packages: &Packages) -> anyhow::Result<()> {
    let issuer = OidcProvider::start(packages.folder())?;
    let wharf = workspace::build()?.join("wharf");
    let settings = vec![
        ("WHARF_OUTSIDE_ISSUER__URL", issuer.issuer.clone()),
        ("WHARF_OUTSIDE_ISSUER__AUDIENCE", AUDIENCE.to_owned()),
        (
            "WHARF_OUTSIDE_ISSUER__JWKS_URL",
            format!("{}/jwks", issuer.issuer),
        ),
        ("WHARF_OUTSIDE_ISSUER__ROLE_CLAIM", "roles".to_owned()),
        ("WHARF_OUTSIDE_ISSUER__PROVISION", "true".to_owned()),
    ];
    let server = Server::start_with(&wharf, settings)?;

    let token = issuer.token(AUDIENCE)?;
    let api = Api::with_token(&server.url, &token);
    let me = api.get("/api/users/me")?.expect(200)?.json()?;
    let email = json::text(&me, "/email")?;
    anyhow::ensure!(email == "service@example.com", "the account is {email}'s");
    let role = json::text(&me, "/role")?;
    anyhow::ensure!(role == "regular", "the account is {role}");
    api.upload("/api/documents?name=report.txt", b"a report")?
        .expect(201)?;
    // Another token of theirs is of the same account.
    let again = Api::with_token(&server.url, &issuer.token(AUDIENCE)?);
    let same = again.get("/api/users/me")?.expect(200)?.json()?;
    anyhow::ensure!(same == me, "the second token is of {same}");

    let elsewhere = Api::with_token(&server.url, &issuer.token("urn:elsewhere")?);
    let refused = elsewhere.get("/api/users/me")?;
    refused.expect_problem(401, "token_invalid")?;
    let mut forged = token.into_bytes();
    if let Some(last) = forged.iter_mut().nth_back(10) {
        *last = if *last == b'A' { b'B' } else { b'A' };
    }
    let forged = Api::with_token(&server.url, &String::from_utf8(forged)?);
    let refused = forged.get("/api/users/me")?;
    refused.expect_problem(401, "token_invalid")?;
    println!("outside issuer: its tokens are taken, those for others and forged ones are not");
    Ok(())
}
