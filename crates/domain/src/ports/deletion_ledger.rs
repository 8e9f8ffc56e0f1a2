//! The port to the ledger of deletions, which lies outside the database: whoever restores the database
//! from a backup has everybody back in it whom it tells of (K-09). It knows no mail address and no name.

use std::error::Error;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use crate::id::{ErasureId, UserId};

/// That an account was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Under which erasure.
    pub erasure: ErasureId,
    /// Whose account.
    pub user: UserId,
}

/// The ledger did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// It cannot be reached, read or written.
    #[error("the deletion ledger cannot be used")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// Somebody else wrote into it.
    #[error("the deletion ledger holds what is no entry: {entry}")]
    Inconsistent {
        /// Which entry: a line of the file, or an object's key.
        entry: String,
    },
}

/// What the ledger holds, some entries at a time.
pub type Deletions = BoxStream<'static, Result<Vec<Deletion>, LedgerError>>;

/// The ledger. It is only ever added to.
#[async_trait]
pub trait DeletionLedger: Send + Sync {
    /// Adds an entry, which is durable when this returns. One that is there already may be there twice.
    async fn append(&self, deletion: Deletion) -> Result<(), LedgerError>;

    /// Reads all entries there are.
    async fn read(&self) -> Result<Deletions, LedgerError>;
}
