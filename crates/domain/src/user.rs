//! Users: who they are, what they may do, where their documents go by default.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

use crate::id::{ConnectionId, UserId};
use crate::outside::OutsideSubject;
use crate::text::{InvalidText, refuse_deceptive};
use crate::time::Timestamp;

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The address that the user logs in with; unique.
    pub email: EmailAddress,
    /// What the user may do.
    pub role: Role,
    /// Sessions remember this number and are void as soon as it has moved on.
    pub session_epoch: u32,
    /// Where documents go when the request names no storage.
    pub default_storage: StoragePlace,
    /// Who the user is at the outside issuer that vouches for them; `None` where a password does.
    pub outside: Option<OutsideSubject>,
    /// From when on an outside issuer's tokens are good: those of before are void like sessions that were
    /// ended.
    pub tokens_from: Option<Timestamp>,
    /// Since when the account is switched off, if it is: nobody comes in by it.
    pub disabled_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
}

impl User {
    /// A new account, which keeps its documents in the house.
    pub const fn new(id: UserId, email: EmailAddress, role: Role, created_at: Timestamp) -> Self {
        Self {
            id,
            email,
            role,
            session_epoch: 0,
            default_storage: StoragePlace::House,
            outside: None,
            tokens_from: None,
            disabled_at: None,
            created_at,
        }
    }

    /// Whether this is an admin who can come in.
    pub const fn is_acting_admin(&self) -> bool {
        matches!(self.role, Role::Admin) && self.disabled_at.is_none()
    }
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Connects storages and keeps documents; sees nobody else's.
    Regular,
    /// Manages accounts; has no connections or documents and sees none.
    Admin,
}

impl Role {
    /// The stable name: it stands in rows, tokens and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Admin => "admin",
        }
    }
}

/// A text that names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role: choose regular or admin")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        [Self::Regular, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == name)
            .ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place where documents can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoragePlace {
    /// The operator's own storage.
    House,
    /// A storage that the user connected.
    Connection(ConnectionId),
}

impl StoragePlace {
    /// The connection, unless the place is the house.
    pub const fn connection(self) -> Option<ConnectionId> {
        match self {
            Self::House => None,
            Self::Connection(id) => Some(id),
        }
    }
}

impl From<Option<ConnectionId>> for StoragePlace {
    fn from(connection: Option<ConnectionId>) -> Self {
        connection.map_or(Self::House, Self::Connection)
    }
}

/// An e-mail address in lower case, so that two spellings are one account.
///
/// It is checked for shape only (RFC 5321, section 4.5.3.1 for the length): whether mail arrives
/// there is not Wharf's concern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The longest address allowed, in bytes.
    pub const MAX_BYTES: usize = 254;

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidText::TooLong {
                limit: Self::MAX_BYTES,
                unit: "bytes",
            });
        }
        refuse_deceptive(text)?;
        let shaped = text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if !shaped || text.contains(char::is_whitespace) {
            return Err(InvalidText::Malformed {
                what: "an e-mail address",
            });
        }
        Ok(Self(text.to_lowercase()))
    }
}

/// A password hash in PHC string form. It is secret: it has no `Display` and redacts its `Debug`.
#[derive(Clone, Debug)]
pub struct PasswordHash(pub SecretString);

/// A user's data key, wrapped by the operator's key: opaque bytes to everybody but the services.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedDataKey(pub Vec<u8>);

impl fmt::Debug for WrappedDataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrappedDataKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case() {
        assert_eq!(
            "Änna@Example.COM".parse::<EmailAddress>().unwrap().as_str(),
            "änna@example.com"
        );
    }

    #[test]
    fn a_text_without_the_shape_of_an_address_is_refused() {
        for text in [
            "",
            "anna",
            "@example.com",
            "anna@",
            "an na@example.com",
            "anna@example.com\n",
            "\u{202e}a@b",
        ] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text:?}");
        }
        let longest = format!("{}@example.com", "a".repeat(242));
        assert!(longest.parse::<EmailAddress>().is_ok());
        assert!(format!("a{longest}").parse::<EmailAddress>().is_err());
    }

    #[test]
    fn roles_round_trip_by_name() {
        assert_eq!("admin".parse(), Ok(Role::Admin));
        assert_eq!("regular".parse(), Ok(Role::Regular));
        assert_eq!("Admin".parse::<Role>(), Err(UnknownRole));
    }
}
