//! `/api/auth`, and the tokens that come from there.

mod cookie;
mod login;
mod logout;
mod refresh;
mod tokens;
