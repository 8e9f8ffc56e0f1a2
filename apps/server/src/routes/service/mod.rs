//! The service itself: is it alive, is it ready, what can it do.

pub(super) mod live;
pub(super) mod openapi;
pub(super) mod ready;
