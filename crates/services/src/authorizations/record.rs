//! What waits for a person to come back, as bytes to be sealed: the authorization that has begun, and
//! the code that waits to be confirmed. It knows no port and no key.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::id::ConnectionId;
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;
use zeroize::Zeroizing;

use crate::fields::{self, Fields};

const PENDING: u8 = 1;
const PARKED: u8 = 2;

/// What a code of one authorization is redeemed with, and what for.
#[derive(Clone)]
pub(super) struct Pursuit {
    pub(super) provider: Provider,
    pub(super) issuer: Option<String>,
    pub(super) redirect_uri: String,
    pub(super) verifier: SecretString,
    /// The connection that is to be authorised again.
    pub(super) reauthorise: Option<ConnectionId>,
}

/// An authorization that has begun.
pub(super) struct Pending {
    pub(super) pursuit: Pursuit,
    /// The SHA-256 of what the cookie of the browser that began it holds.
    pub(super) browser: [u8; 32],
    pub(super) return_url: Option<String>,
    pub(super) begun_at: Timestamp,
}

/// A code whose bearer is not known yet.
pub(super) struct Parked {
    pub(super) pursuit: Pursuit,
    pub(super) code: SecretString,
    /// The `iss` that came with the code.
    pub(super) answered_issuer: Option<String>,
}

impl Pursuit {
    fn fields(&self) -> [&[u8]; 5] {
        [
            self.provider.as_str().as_bytes(),
            text(self.issuer.as_deref()),
            self.redirect_uri.as_bytes(),
            self.verifier.expose_secret().as_bytes(),
            self.reauthorise.as_ref().map_or(&[], |id| id.as_bytes()),
        ]
    }

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            provider: fields.text()?.parse().ok()?,
            issuer: fields.optional_text()?.map(str::to_owned),
            redirect_uri: fields.text()?.to_owned(),
            verifier: fields.text()?.into(),
            reauthorise: match fields.bytes()? {
                [] => None,
                id => Some(ConnectionId::from_bytes(id.try_into().ok()?)),
            },
        })
    }
}

impl Pending {
    /// Whether an answer still counts that comes now.
    pub(super) fn is_awaited(&self, now: Timestamp, life: Duration) -> bool {
        now.since(self.begun_at) < life
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let [provider, issuer, redirect_uri, verifier, reauthorise] = self.pursuit.fields();
        fields::write(
            PENDING,
            &[
                provider,
                issuer,
                redirect_uri,
                verifier,
                reauthorise,
                &self.browser,
                text(self.return_url.as_deref()),
                &self.begun_at.as_unix_micros().to_be_bytes(),
            ],
        )
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (PENDING, mut fields) = Fields::read(bytes)? else {
            return None;
        };
        let pending = Self {
            pursuit: Pursuit::read(&mut fields)?,
            browser: fields.array()?,
            return_url: fields.optional_text()?.map(str::to_owned),
            begun_at: Timestamp::from_unix_micros(i64::from_be_bytes(fields.array()?)),
        };
        fields.end()?;
        Some(pending)
    }
}

impl Parked {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let [provider, issuer, redirect_uri, verifier, reauthorise] = self.pursuit.fields();
        fields::write(
            PARKED,
            &[
                provider,
                issuer,
                redirect_uri,
                verifier,
                reauthorise,
                self.code.expose_secret().as_bytes(),
                text(self.answered_issuer.as_deref()),
            ],
        )
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (PARKED, mut fields) = Fields::read(bytes)? else {
            return None;
        };
        let parked = Self {
            pursuit: Pursuit::read(&mut fields)?,
            code: fields.text()?.into(),
            answered_issuer: fields.optional_text()?.map(str::to_owned),
        };
        fields.end()?;
        Some(parked)
    }
}

fn text(optional: Option<&str>) -> &[u8] {
    optional.unwrap_or_default().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pursuit(reauthorise: Option<ConnectionId>) -> Pursuit {
        Pursuit {
            provider: Provider::Onedrive,
            issuer: reauthorise.map(|_| "https://issuer.example.com".to_owned()),
            redirect_uri: "https://wharf.example.com/back".to_owned(),
            verifier: "verifier".into(),
            reauthorise,
        }
    }

    // O-02
    #[test]
    fn an_answer_is_awaited_until_its_time_is_up() {
        let begun_at = Timestamp::from_unix_seconds(1_000);
        let pending = Pending {
            pursuit: pursuit(None),
            browser: [9; 32],
            return_url: None,
            begun_at,
        };
        let life = Duration::from_secs(60);
        let awaited = |seconds| pending.is_awaited(Timestamp::from_unix_seconds(seconds), life);
        assert!(awaited(1_000) && awaited(1_059));
        assert!(!awaited(1_060) && !awaited(9_000));
    }

    #[test]
    fn what_waits_comes_back_as_it_was() {
        for reauthorise in [None, Some(ConnectionId::from_bytes([7; 16]))] {
            let pending = Pending {
                pursuit: pursuit(reauthorise),
                browser: [9; 32],
                return_url: reauthorise.map(|_| "https://app.example.com/".to_owned()),
                begun_at: Timestamp::from_unix_micros(-7),
            };
            let bytes = pending.encode();
            let again = Pending::decode(&bytes).unwrap();
            assert_eq!(again.encode(), bytes);
            assert_eq!(again.pursuit.reauthorise, reauthorise);
            assert_eq!(again.return_url, pending.return_url);
            assert_eq!(again.begun_at, pending.begun_at);
            assert!(Parked::decode(&bytes).is_none());

            let parked = Parked {
                pursuit: pursuit(reauthorise),
                code: "code".into(),
                answered_issuer: None,
            };
            let bytes = parked.encode();
            let again = Parked::decode(&bytes).unwrap();
            assert_eq!(again.encode(), bytes);
            assert_eq!(again.code.expose_secret(), "code");
            for cut in 0..bytes.len() {
                assert!(Parked::decode(&bytes[..cut]).is_none(), "cut at {cut}");
            }
        }
    }
}
