//! What Google's ID tokens say.
//! <https://developers.google.com/identity/openid-connect/openid-connect#obtainuserinfo>

use serde_json::json;

use super::scope;
use crate::clock::unix_secs;
use crate::identity::{Claims, Tokens};
use crate::simulation::Simulation;

const LIFETIME_SECS: u64 = 3600;

/// The ID token that goes with these tokens, if `openid` was granted.
pub(super) fn token(
    simulation: &Simulation,
    tokens: &Tokens,
    nonce: Option<&str>,
) -> Option<String> {
    let has = |scope: &str| tokens.scopes.iter().any(|granted| granted == scope);
    if !has("openid") {
        return None;
    }
    let now = unix_secs(simulation.clock.now());
    let person = tokens.person;
    Some(simulation.signer.sign(&Claims {
        iss: simulation.origin.clone(),
        aud: simulation.google.id,
        sub: person.google_id.to_owned(),
        iat: now,
        exp: now + LIFETIME_SECS,
        nonce,
        email: has(scope::EMAIL).then_some(person.email),
        name: has(scope::PROFILE).then_some(person.name),
        own: json!({"azp": simulation.google.id}),
    }))
}
