//! What all repositories share: their error.
//!
//! A missing row is no error; the ports say `Option` or `bool` for it.

use std::error::Error;

/// A repository did not do what it was asked to; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepositoryError {
    /// An entry with the same unique key exists already.
    #[error("an entry with the same key exists")]
    Duplicate,
    /// The owner has as many entries of this kind as one may have.
    #[error("there are as many entries as there may be")]
    Full,
    /// The owner is gone, or is one who has no such entries.
    #[error("the owner may not have such an entry")]
    OwnerRefused,
    /// The database cannot be reached, is overloaded or failed.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// A row breaks a rule of the domain: somebody else wrote it, or the code is older than the row.
    #[error("column {column} of table {table} holds what it must not, in row {row}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
    },
}
