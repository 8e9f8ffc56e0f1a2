//! What Microsoft's ID tokens say.
//! <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::scope;
use crate::clock::unix_secs;
use crate::identity::{Claims, Tokens};
use crate::simulation::Simulation;

const LIFETIME_SECS: u64 = 3600;

#[derive(Serialize)]
struct Own<'a> {
    ver: &'a str,
    /// With `oid` what tells one account from all others.
    tid: &'a str,
    oid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<&'a str>,
}

/// The ID token that goes with these tokens.
pub(super) fn token(simulation: &Simulation, tokens: &Tokens, nonce: Option<&str>) -> String {
    let now = unix_secs(simulation.clock.now());
    let (person, client) = (tokens.person, simulation.microsoft.id);
    let has = |scope| scope::has(&tokens.scopes, scope);
    simulation.signer.sign(&Claims {
        iss: format!("{}/{}/v2.0", simulation.origin, person.tenant),
        aud: client,
        sub: pairwise(client, person.object_id),
        iat: now,
        exp: now + LIFETIME_SECS,
        nonce,
        email: person.mail.filter(|_| has("email")),
        name: has("profile").then_some(person.name),
        own: Own {
            ver: "2.0",
            tid: person.tenant,
            oid: person.object_id,
            preferred_username: has("profile").then_some(person.email),
        },
    })
}

/// A `sub` is the same person's for one application only.
fn pairwise(client: &str, person: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{client} {person}")))
}
