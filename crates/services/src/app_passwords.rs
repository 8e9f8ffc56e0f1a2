//! App passwords that are to be deleted at their servers, as bytes to be sealed. It knows no port and no
//! key.

use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::connection::{AccountKey, Endpoint};
use wharf_domain::ports::nextcloud::Login;
use wharf_domain::provider::Provider;
use zeroize::Zeroizing;

use crate::fields::{self, Fields};

/// How the bytes of an app password are told from those of a grant.
pub(crate) const APP_PASSWORD: u8 = 3;

/// An app password, and where it opens what.
pub(crate) struct AppPassword {
    pub(crate) provider: Provider,
    /// The account whose live connections it may stand for; `None` for one that was made for us alone and
    /// that no connection has.
    pub(crate) account: Option<AccountKey>,
    pub(crate) endpoint: Endpoint,
    pub(crate) login: Login,
}

impl AppPassword {
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let account = self.account.as_ref().map_or("", |key| key.0.as_str());
        fields::write(
            APP_PASSWORD,
            &[
                self.provider.as_str().as_bytes(),
                account.as_bytes(),
                self.endpoint.0.as_bytes(),
                self.login.username.as_str().as_bytes(),
                self.login.password.expose_secret().as_bytes(),
            ],
        )
    }

    /// What stands behind the kind.
    pub(crate) fn read(mut fields: Fields<'_>) -> Option<Self> {
        let provider = fields.text()?.parse().ok()?;
        let account = fields.optional_text()?;
        let read = Self {
            provider,
            account: account.map(|key| AccountKey(key.to_owned())),
            endpoint: Endpoint(fields.text()?.to_owned()),
            login: Login {
                username: fields.text()?.parse().ok()?,
                password: SecretString::from(fields.text()?),
            },
        };
        fields.end()?;
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_password_comes_back_as_it_was() {
        for account in [None, Some(AccountKey("https://a.org/ anna".to_owned()))] {
            let password = AppPassword {
                provider: Provider::Nextcloud,
                account: account.clone(),
                endpoint: Endpoint("https://a.org/remote.php/dav/files/anna/".to_owned()),
                login: Login {
                    username: "anna@example.com".parse().unwrap(),
                    password: "aaaaa-bbbbb".into(),
                },
            };
            let bytes = password.encode();
            let (kind, fields) = Fields::read(&bytes).unwrap();
            assert_eq!(kind, APP_PASSWORD);
            let again = AppPassword::read(fields).unwrap();
            assert_eq!(again.account, account);
            assert_eq!(again.encode(), bytes);
            for cut in 2..bytes.len() {
                let (_, fields) = Fields::read(&bytes[..cut]).unwrap();
                assert!(AppPassword::read(fields).is_none(), "cut at {cut}");
            }
        }
    }
}
