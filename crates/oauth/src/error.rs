//! What can go wrong before any server is asked. A server's own errors are the domain's.

/// The authorization servers cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A description cannot be used.
    #[error("{provider}: {key} {reason}")]
    InvalidDescription {
        /// The name of the provider that it describes.
        provider: String,
        /// The key of the description.
        key: &'static str,
        /// What is wrong with its value.
        reason: &'static str,
    },
}
