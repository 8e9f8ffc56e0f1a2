//! Connecting by OAuth: begun here, consented to at the provider, answered here by a browser.

pub(super) mod callback;
pub(super) mod complete;
pub(super) mod initiate;
pub(super) mod outcome;

mod binding;
mod page;
