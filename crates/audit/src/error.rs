//! Why an exported file cannot be read. Whether what it says is true is a matter of its
//! [`Verdict`](crate::Verdict).

/// A line of an exported file is not as an export writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The line is no JSON of the documented form.
    #[error("it is malformed")]
    Malformed,
    /// The line means something, but is spelled as no export spells it.
    #[error("it is spelled as no export spells it")]
    Unusual,
    /// The file was written for another format.
    #[error("its version {version} is unknown; check it with a later release")]
    UnknownVersion {
        /// The version found.
        version: u64,
    },
}
