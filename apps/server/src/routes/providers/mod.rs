//! Providers: what can be connected here.

pub(super) mod list;
