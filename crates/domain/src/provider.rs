//! The kinds of storage that a user can connect. It knows nothing of how they are spoken to.

use std::fmt;
use std::str::FromStr;

/// A kind of storage that a user can connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Any WebDAV server (RFC 4918).
    Webdav,
}

impl Provider {
    /// Every provider there is.
    pub const ALL: [Self; 1] = [Self::Webdav];

    /// The stable name: it stands in URLs, rows and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webdav => "webdav",
        }
    }
}

/// A text that names no provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a provider")]
pub struct UnknownProvider;

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(name: &str) -> Result<Self, UnknownProvider> {
        Self::ALL
            .into_iter()
            .find(|provider| provider.as_str() == name)
            .ok_or(UnknownProvider)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
