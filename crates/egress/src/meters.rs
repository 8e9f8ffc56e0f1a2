//! What egress counts. It knows no exporter: whoever installed a recorder decides where it goes.

use crate::{Error, Trust};

/// Requests and addresses that a rule refused, by `class` ([`Trust::class`]) and `rule`
/// ([`crate::Refusal::rule`], [`crate::RedirectRefusal::rule`]).
pub const BLOCKED: &str = "wharf_egress_blocked_total";

pub(crate) fn blocked(trust: Trust, rule: &'static str) {
    metrics::counter!(BLOCKED, "class" => trust.class(), "rule" => rule).increment(1);
}

/// Counts an error that is a rule's; any other is none of this.
pub(crate) fn failed(error: &Error) {
    if let Some((trust, rule)) = error.blocked() {
        blocked(trust, rule);
    }
}
