//! What the simulated identity providers have in common: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636).
//! Knows no provider's URLs and none of the words in which it refuses.

mod authorization;
mod bearer;
mod client;
mod grants;
mod id_token;
mod page;
mod parameters;
mod person;
mod pkce;
mod provider;
mod terms;

pub(crate) use authorization::{Asked, Decision, Flaw};
pub(crate) use bearer::bearer;
pub(crate) use client::{Client, Unauthenticated};
pub(crate) use grants::{Consent, Grants, Invalid, Tokens};
pub(crate) use id_token::{Claims, Signer};
pub(crate) use page::{Choice, consent_page, error_page, escaped, page};
pub(crate) use parameters::{Parameters, read_form};
pub(crate) use person::{PEOPLE, Person, person};
pub(crate) use terms::{Rotation, TokenTerms};

pub use grants::LiveTokens;
pub use provider::Provider;
