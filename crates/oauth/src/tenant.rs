//! Whose accounts may come through the Microsoft identity platform. It stands in the path of every endpoint
//! there, so nothing that could leave its place is a tenant (O-07).

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// Where personal accounts live.
/// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The longest domain name (RFC 1035, section 2.3.4).
const MAX_DOMAIN_BYTES: usize = 253;

/// The `{tenant}` of the endpoints.
/// <https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Tenant {
    /// Every account.
    Common,
    /// Accounts of work or school only.
    Organizations,
    /// Personal accounts only.
    Consumers,
    /// The accounts of the directory with this id, a UUID in lower case.
    Directory(String),
    /// The accounts of the directory that owns this domain.
    Domain(String),
}

impl Tenant {
    /// Whether accounts of the directory with this id may come. A domain's id is not known here; the
    /// endpoint under its name lets nobody else in.
    pub(crate) fn admits(&self, directory: &str) -> bool {
        match self {
            Self::Common | Self::Domain(_) => true,
            Self::Organizations => directory != PERSONAL_ACCOUNTS,
            Self::Consumers => directory == PERSONAL_ACCOUNTS,
            Self::Directory(id) => directory == id,
        }
    }
}

/// A text that is no tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be common, organizations, consumers, the id of a directory or its domain")]
pub struct InvalidTenant;

impl FromStr for Tenant {
    type Err = InvalidTenant;

    fn from_str(text: &str) -> Result<Self, InvalidTenant> {
        match text {
            "common" => Ok(Self::Common),
            "organizations" => Ok(Self::Organizations),
            "consumers" => Ok(Self::Consumers),
            _ => directory_id(text)
                .map(Self::Directory)
                .or_else(|| domain(text).map(Self::Domain))
                .ok_or(InvalidTenant),
        }
    }
}

impl TryFrom<String> for Tenant {
    type Error = InvalidTenant;

    fn try_from(text: String) -> Result<Self, InvalidTenant> {
        text.parse()
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Common => "common",
            Self::Organizations => "organizations",
            Self::Consumers => "consumers",
            Self::Directory(id) => id,
            Self::Domain(name) => name,
        })
    }
}

/// The UUID, in lower case (RFC 9562, section 4).
pub(crate) fn directory_id(text: &str) -> Option<String> {
    let is_uuid = text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(position, byte)| match position {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
    is_uuid.then(|| text.to_ascii_lowercase())
}

/// The domain name, in lower case: two labels at least, of letters, digits and hyphens.
fn domain(text: &str) -> Option<String> {
    let is_domain =
        text.len() <= MAX_DOMAIN_BYTES && text.contains('.') && text.split('.').all(is_label);
    is_domain.then(|| text.to_ascii_lowercase())
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
