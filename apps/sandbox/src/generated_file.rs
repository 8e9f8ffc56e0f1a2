//! A file of any size, ordered by a test.

use serde::Deserialize;

/// A file whose bytes are computed when they are read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratedFile {
    /// Its name.
    pub name: String,
    /// How large it is. One of more than 1 GiB has no checksums: nobody would wait for them.
    pub size_bytes: u64,
    /// From what its bytes follow.
    #[serde(default)]
    pub seed: u64,
    /// The id of the folder that it is in; the top folder without one.
    #[serde(default)]
    pub folder: Option<String>,
}
