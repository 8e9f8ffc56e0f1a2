//! Connections: a user's tie to one account at one storage provider.

use std::fmt;
use std::str::FromStr;

use crate::id::{ConnectionId, UserId};
use crate::provider::Provider;
use crate::text::{InvalidText, is_deceptive, refuse_deceptive};
use crate::time::Timestamp;

/// The most connections that a user may have at once (I-01).
pub const MAX_CONNECTIONS_PER_USER: usize = 20;

/// A user's tie to one account at one storage provider.
///
/// A disconnected connection stays as a row without a credential: its documents keep pointing at it,
/// and connecting the same account again revives it under the same id.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The connection's id; it survives disconnecting and connecting again.
    pub id: ConnectionId,
    /// The user whose connection it is.
    pub owner: UserId,
    /// The kind of storage.
    pub provider: Provider,
    /// Which account it is; unique for an owner and provider.
    pub account: AccountKey,
    /// The address of the storage as it was checked when connecting, ending in a slash.
    pub endpoint: Endpoint,
    /// What the user calls it.
    pub display_name: DisplayName,
    /// Whether it can be used.
    pub status: ConnectionStatus,
    /// The credential, sealed; `None` once disconnected.
    pub credential: Option<SealedCredential>,
    /// Counts the credentials that this connection has had; bound into the seal (K-05).
    pub credential_version: u32,
    /// When the credential of this version came. A grant that lies idle for too long ends at its
    /// provider.
    pub renewed_at: Timestamp,
    /// When the account was first connected.
    pub created_at: Timestamp,
}

impl Connection {
    /// Whether the user has disconnected it.
    pub fn is_disconnected(&self) -> bool {
        self.credential.is_none()
    }
}

/// Whether a connection can be used, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionStatus {
    /// The state it is in.
    pub state: ConnectionState,
    /// When it came into this state.
    pub since: Timestamp,
}

/// The states of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// It worked when it was last used.
    Active,
    /// The storage refused the credential: the user must enter it again.
    RequiresReauth(ReauthReason),
    /// The storage did not answer when it was last checked.
    Unreachable,
}

impl ConnectionState {
    /// The stable name: it stands in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::RequiresReauth(_) => "REQUIRES_REAUTH",
            Self::Unreachable => "UNREACHABLE",
        }
    }

    /// The stable name of the reason, where the state has one.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::RequiresReauth(reason) => Some(reason.as_str()),
            Self::Active | Self::Unreachable => None,
        }
    }

    /// The state with this name and reason, as [`as_str`](Self::as_str) and [`reason`](Self::reason) gave them.
    pub fn from_parts(name: &str, reason: Option<&str>) -> Option<Self> {
        let state = match name {
            "ACTIVE" => Self::Active,
            "UNREACHABLE" => Self::Unreachable,
            "REQUIRES_REAUTH" => Self::RequiresReauth(ReauthReason::from_name(reason?)?),
            _ => return None,
        };
        (state.reason() == reason).then_some(state)
    }
}

/// Why a user must enter the credential again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReauthReason {
    /// The storage's server refused the user name and password (D-03).
    PasswordRefused,
    /// The provider does not accept the grant any more: the person took it back, or it ended there
    ///
    GrantRefused,
    /// The provider gave a new refresh token for the stored one, and Wharf was cut off before it could
    /// keep it.
    RotationLost,
}

impl ReauthReason {
    /// Every reason there is.
    pub const ALL: [Self; 3] = [
        Self::PasswordRefused,
        Self::GrantRefused,
        Self::RotationLost,
    ];

    /// The stable name: it stands in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordRefused => "password_refused",
            Self::GrantRefused => "grant_refused",
            Self::RotationLost => "rotation_lost",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Tells one account at a provider from every other: for WebDAV the server's origin, the base path
/// and the user name; for Nextcloud the installation and the user id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountKey(pub String);

/// The address of a storage's server in canonical form. Only an adapter that checked it makes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint(pub String);

/// A sealed credential: opaque bytes to everybody but the services.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedCredential(pub Vec<u8>);

impl fmt::Debug for SealedCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedCredential(..)")
    }
}

/// What a user calls a connection: 1 to 200 characters, trimmed, nothing that deceives the eye.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The longest name allowed, in characters.
    pub const MAX_CHARS: usize = 200;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name made of any text: what may not stand in a name is left out, and what is too long is cut.
    pub fn abridged(text: &str) -> Self {
        let kept = text
            .chars()
            .filter(|c| !is_deceptive(*c))
            .take(Self::MAX_CHARS);
        let name = kept.collect::<String>().trim().to_owned();
        Self(if name.is_empty() {
            "storage".to_owned()
        } else {
            name
        })
    }
}

impl FromStr for DisplayName {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        let name = text.trim();
        if name.is_empty() {
            return Err(InvalidText::Empty);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(InvalidText::TooLong {
                limit: Self::MAX_CHARS,
                unit: "characters",
            });
        }
        refuse_deceptive(name)?;
        Ok(Self(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_round_trip_by_name_and_reason() {
        let reauth = ReauthReason::ALL.map(ConnectionState::RequiresReauth);
        for state in [ConnectionState::Active, ConnectionState::Unreachable]
            .into_iter()
            .chain(reauth)
        {
            assert_eq!(
                ConnectionState::from_parts(state.as_str(), state.reason()),
                Some(state)
            );
        }
        assert_eq!(
            ConnectionState::from_parts("ACTIVE", Some("password_refused")),
            None
        );
        assert_eq!(ConnectionState::from_parts("REQUIRES_REAUTH", None), None);
        assert_eq!(ConnectionState::from_parts("GONE", None), None);
    }

    #[test]
    fn display_names_are_trimmed_and_bounded() {
        assert_eq!(
            "  My cloud ".parse::<DisplayName>().unwrap().as_str(),
            "My cloud"
        );
        assert_eq!("  ".parse::<DisplayName>(), Err(InvalidText::Empty));
        assert!("ü".repeat(200).parse::<DisplayName>().is_ok());
        assert!("ü".repeat(201).parse::<DisplayName>().is_err());
        assert!("a\u{202e}b".parse::<DisplayName>().is_err());
        assert!("a\nb".parse::<DisplayName>().is_err());
    }

    #[test]
    fn any_text_can_be_abridged_to_a_display_name() {
        assert_eq!(
            DisplayName::abridged(" anna\n at \u{202e}host ").as_str(),
            "anna at host"
        );
        assert_eq!(DisplayName::abridged("\n").as_str(), "storage");
        assert_eq!(
            DisplayName::abridged(&"ü".repeat(300)).as_str(),
            "ü".repeat(200)
        );
    }
}
