//! Sessions: how they begin, go on and end.
//!
//! A refresh token proves itself, so these addresses are open to anyone. It travels in JSON, or for
//! browsers in a cookie that no script can read.

pub(super) mod login;
pub(super) mod logout;
pub(super) mod refresh;

mod cookie;
mod origin;
mod presented;
mod session;
