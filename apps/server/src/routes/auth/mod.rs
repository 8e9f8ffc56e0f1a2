//! Sessions: how they begin.

pub(super) mod login;
