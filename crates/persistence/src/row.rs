//! What the aggregates' queries share.

/// A limit as the databases take it.
pub(crate) fn row_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
