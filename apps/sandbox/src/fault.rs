//! Faults on demand: what goes wrong, for whom, how often. One engine for every route.

mod answer;
mod apply;
mod body;
mod corrupt;
mod kind;
mod rule;
mod rules;
mod terms;

pub(crate) use apply::apply;
pub(crate) use rule::matches;
pub(crate) use rules::Rules;
pub(crate) use terms::Terms;

pub use kind::{Fault, LoginUrl, RetryAfter};
pub use rule::FaultRule;
pub use rules::{FaultId, ListedFault};
