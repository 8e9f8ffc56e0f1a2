//! What can go wrong with a database, and how diesel's errors become the ports' error.
//! No message holds the database's address or password.

use std::error::Error;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use wharf_domain::ports::repository::RepositoryError;

use crate::meters;

/// A database cannot be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The address of the database is of no form that is understood.
    #[error("the database address cannot be used: {0}")]
    InvalidAddress(&'static str),
    /// The database's file cannot be made.
    #[error("the database file cannot be made")]
    File(#[source] std::io::Error),
    /// The database did not let us in, or did not answer in time.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// A migration failed; it left nothing behind, those before it are done.
    #[error("the tables cannot be brought up to date")]
    Migration(#[source] Box<dyn Error + Send + Sync>),
}

/// A query did not do what it was asked to.
pub(crate) fn query_failed(error: DieselError) -> RepositoryError {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            RepositoryError::Duplicate
        }
        // All foreign keys lead to an owner, or to what an owner has.
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
            RepositoryError::OwnerRefused
        }
        other => {
            meters::failed("query");
            RepositoryError::Unavailable(other.into())
        }
    }
}

/// The database could not be asked at all.
pub(crate) fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> RepositoryError {
    meters::failed("connection");
    RepositoryError::Unavailable(source.into())
}
