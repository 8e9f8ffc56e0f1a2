//! The kinds of storage that a user can connect. It knows nothing of how they are spoken to.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A kind of storage that a user can connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Google Drive.
    GoogleDrive,
    /// Microsoft OneDrive, personal and for business.
    Onedrive,
    /// Nextcloud.
    Nextcloud,
    /// Any WebDAV server (RFC 4918).
    Webdav,
}

/// How a user lets Wharf into a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// The user consents at the provider, which gives tokens (RFC 6749).
    OAuth,
    /// The user enters an address, a user name and a password.
    Password,
}

impl Provider {
    /// Every provider there is.
    pub const ALL: [Self; 4] = [
        Self::GoogleDrive,
        Self::Onedrive,
        Self::Nextcloud,
        Self::Webdav,
    ];

    /// The stable name: it stands in URLs, rows and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GoogleDrive => "google_drive",
            Self::Onedrive => "onedrive",
            Self::Nextcloud => "nextcloud",
            Self::Webdav => "webdav",
        }
    }

    /// How a user lets Wharf in.
    pub const fn access(self) -> Access {
        match self {
            Self::GoogleDrive | Self::Onedrive => Access::OAuth,
            Self::Nextcloud | Self::Webdav => Access::Password,
        }
    }

    /// After how long without a renewal a grant is renewed for its own sake, well before the provider
    /// ends one that lies idle: Google after six months
    /// (<https://developers.google.com/identity/protocols/oauth2#expiration>), Microsoft after 90 days
    /// (<https://learn.microsoft.com/entra/identity-platform/refresh-tokens>). `None` where nothing
    /// ends by lying idle.
    pub const fn renew_idle_after(self) -> Option<Duration> {
        const DAY: u64 = 24 * 3600;
        match self {
            Self::GoogleDrive => Some(Duration::from_secs(60 * DAY)),
            Self::Onedrive => Some(Duration::from_secs(30 * DAY)),
            Self::Nextcloud | Self::Webdav => None,
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
