//! `/api/auth`, and the tokens that come from there.

mod login;
mod tokens;
