//! What the database counts. It knows no exporter.

/// What the database did not do, by `cause`: `connection` (none was to be had in time) or `query`.
pub const FAILURES: &str = "wharf_database_failures_total";

pub(crate) fn failed(cause: &'static str) {
    metrics::counter!(FAILURES, "cause" => cause).increment(1);
}
