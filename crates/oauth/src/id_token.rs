//! The ID token of the Microsoft identity platform: the one place where a client learns `tid` and `oid`.
//! Graph's `/me` does not tell the tenant, and its `id` of a personal account is another one.
//!
//! The signature is not looked at: the token came from the token endpoint itself, whose certificate was
//! verified (OpenID Connect Core 1.0, section 3.1.3.7, point 6). The issuer, the audience and the end are
//! (points 2, 3 and 9).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use wharf_domain::time::Timestamp;

use crate::AuthorizationServer;
use crate::account::Identity;
use crate::tenant::{self, Tenant};

/// How far the server's clock may be behind ours.
const LEEWAY_SECS: i64 = 60;

/// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    tid: String,
    oid: String,
    preferred_username: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

/// The account that the token names, if the token is good for us now.
pub(crate) fn identity(
    server: &AuthorizationServer,
    tenant: &Tenant,
    token: Option<&SecretString>,
) -> Option<Identity> {
    let claims = claims(token?.expose_secret())?;
    let directory = tenant::directory_id(&claims.tid)?;
    let object = tenant::directory_id(&claims.oid)?;
    let description = &server.description;
    let authority = description.token_url.origin().ascii_serialization();
    let is_for_us = claims.iss == format!("{authority}/{}/v2.0", claims.tid)
        && claims.aud == description.client_id
        && is_current(claims.exp, server.clock.now())
        && tenant.admits(&directory);
    is_for_us.then(|| Identity {
        key: format!("{directory}/{object}"),
        label: claims.preferred_username.or(claims.email).or(claims.name),
    })
}

/// What the token says of itself: the middle one of its three parts (RFC 7515, section 7.1).
fn claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn is_current(exp: i64, now: Timestamp) -> bool {
    exp.saturating_add(LEEWAY_SECS) > now.as_unix_seconds()
}
