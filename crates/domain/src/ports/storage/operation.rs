//! What storages are asked to do, as errors and figures name it.

use std::fmt;

/// What is asked of a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Checking the address or the account.
    Probe,
    /// Reading a folder.
    List,
    /// Reading what is known of an item, or looking for one.
    Metadata,
    /// Reading a content.
    Read,
    /// Storing a content, new or in place of another.
    Write,
    /// Renaming or moving an item.
    Relocate,
    /// Copying an item.
    Copy,
    /// Making a folder.
    CreateFolder,
    /// Deleting an item.
    Delete,
}

impl Operation {
    /// The stable name, for messages and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::List => "list",
            Self::Metadata => "metadata",
            Self::Read => "read",
            Self::Write => "write",
            Self::Relocate => "relocate",
            Self::Copy => "copy",
            Self::CreateFolder => "create_folder",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
