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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tenant_is_a_word_an_id_or_a_domain() {
        for (text, expected) in [
            ("common", Tenant::Common),
            ("organizations", Tenant::Organizations),
            ("consumers", Tenant::Consumers),
            (
                "6F1D0A6E-0b5c-4a8e-9a57-1c2f3e4d5b60",
                Tenant::Directory("6f1d0a6e-0b5c-4a8e-9a57-1c2f3e4d5b60".to_owned()),
            ),
            (
                "Contoso.onmicrosoft.com",
                Tenant::Domain("contoso.onmicrosoft.com".to_owned()),
            ),
            ("a-1.de", Tenant::Domain("a-1.de".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    // O-07
    #[test]
    fn what_could_leave_its_place_is_no_tenant() {
        for text in [
            "",
            " ",
            ".",
            "..",
            "Common",
            "contoso",
            "common/",
            "common/../x",
            "a.b/c",
            "a.b?c",
            "a.b#c",
            "a.b%2f",
            "a.b\\c",
            "a@b.c",
            "a.b:443",
            ".a.b",
            "a.b.",
            "a..b",
            "-a.b",
            "a-.b",
            "ä.de",
            "a.b\n",
            "6f1d0a6e-0b5c-4a8e-9a57-1c2f3e4d5b6",
            "6f1d0a6e00b5c-4a8e-9a57-1c2f3e4d5b60",
            &format!("{}.de", "a".repeat(64)),
            &["a"; 128].join("."),
        ] {
            assert_eq!(text.parse::<Tenant>(), Err(InvalidTenant), "{text:?}");
        }
    }

    // O-07
    proptest! {
        #[test]
        fn a_tenant_is_one_segment_of_a_path(text in "[a-zA-Z0-9./%?#@:\\\\ -]{0,40}|[a-z]{1,5}[./][a-z]{1,5}") {
            if let Ok(tenant) = text.parse::<Tenant>() {
                let url = url::Url::parse(&format!("https://login.example/{tenant}/token")).unwrap();
                prop_assert_eq!(url.host_str(), Some("login.example"));
                prop_assert_eq!(url.path(), format!("/{tenant}/token"));
                prop_assert_eq!((url.query(), url.fragment()), (None, None));
            }
        }
    }
}
