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
    /// The bucket for the house's storage cannot be opened.
    #[error("the house's bucket cannot be opened")]
    OpenBucket(#[source] object_store::Error),
    /// The address of the bucket's server has more to it than buckets can lie under.
    #[error("the address of the house's S3 server must end with its path")]
    EndpointNotPlain,
    /// The address of the bucket's server may not be reached.
    #[error("the address of the house's S3 server is not allowed")]
    EndpointRefused(#[source] wharf_egress::Refusal),
}
