//! Who is asking: passwords, and the access tokens that stand for them afterwards.
//!
//! [`Argon2Passwords`] and [`AccessTokens`] implement the domain's ports. Neither knows an account:
//! whether a user exists, may log in or has changed the password is decided by the services.

mod access_tokens;
mod ed25519;
mod passwords;
mod token_text;

pub use access_tokens::AccessTokens;
pub use passwords::Argon2Passwords;
