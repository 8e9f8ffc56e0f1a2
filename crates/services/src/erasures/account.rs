//! What an erasure needs to get into a storage, as bytes to be sealed. It knows no port and no key.

use wharf_domain::connection::{AccountKey, Endpoint};
use wharf_domain::credential::Credential;
use zeroize::Zeroizing;

use crate::credential_codec;
use crate::fields::{self, Fields};

const ACCOUNT: u8 = 1;

/// An account at a storage, and what opens it.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) endpoint: Endpoint,
    pub(super) key: AccountKey,
    pub(super) credential: Credential,
}

impl Account {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let credential = credential_codec::encode(&self.credential);
        fields::write(
            ACCOUNT,
            &[
                self.endpoint.0.as_bytes(),
                self.key.0.as_bytes(),
                &credential,
            ],
        )
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, mut fields) = Fields::read(bytes)?;
        if kind != ACCOUNT {
            return None;
        }
        let account = Self {
            endpoint: Endpoint(fields.text()?.to_owned()),
            key: AccountKey(fields.text()?.to_owned()),
            credential: credential_codec::decode(fields.bytes()?)?,
        };
        fields.end()?;
        Some(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_comes_back_as_it_was() {
        let account = Account {
            endpoint: Endpoint("https://a.org/dav/".to_owned()),
            key: AccountKey("https://a.org/dav/ anna".to_owned()),
            credential: Credential::Basic {
                username: "anna".parse().unwrap(),
                password: "pw".into(),
            },
        };
        let bytes = account.encode();
        let again = Account::decode(&bytes).unwrap();
        assert_eq!(again.endpoint.0, "https://a.org/dav/");
        assert_eq!(again.key, account.key);
        assert_eq!(again.encode(), bytes);
        for cut in 0..bytes.len() {
            assert!(Account::decode(&bytes[..cut]).is_none(), "cut at {cut}");
        }
    }
}
