//! Who is asking: passwords, the access tokens that stand for them afterwards, and the tokens of an
//! identity system outside that vouches for its users.
//!
//! [`Argon2Passwords`], [`AccessTokens`] and [`IssuerTokens`] implement the domain's ports. None knows an
//! account: whether a user exists, may log in or has changed the password is decided by the services.

mod access_tokens;
mod ed25519;
mod outside;
mod passwords;
mod token_text;

pub use access_tokens::AccessTokens;
pub use outside::{ClaimNames, IssuerTokens, KeySource, OutsideIssuer, RoleClaim};
pub use passwords::Argon2Passwords;
