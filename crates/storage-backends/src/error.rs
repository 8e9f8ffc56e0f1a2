//! What can go wrong before any storage is opened. A storage's own errors are the domain's.

use std::io;

/// The storages could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder for the house's storage could not be made.
    #[error("the house's folder cannot be made")]
    MakeFolder(#[source] io::Error),
    /// The folder for the house's storage could not be opened.
    #[error("the house's folder cannot be opened")]
    OpenFolder(#[source] object_store::Error),
}
