//! The service itself: is it alive, is it ready, what can it do, what did it measure.

pub(super) mod live;
pub(super) mod metrics;
pub(super) mod openapi;
pub(super) mod ready;
