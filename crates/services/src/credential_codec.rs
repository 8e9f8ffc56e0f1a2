//! The bytes of a credential before they are sealed. It knows no key.

use secrecy::{ExposeSecret, SecretString};
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::scopes::Scopes;
use wharf_domain::time::Timestamp;
use zeroize::Zeroizing;

use crate::fields::{self, Fields};

const BASIC: u8 = 1;
const OAUTH: u8 = 2;

/// The bytes of a credential.
pub(crate) fn encode(credential: &Credential) -> Zeroizing<Vec<u8>> {
    match credential {
        Credential::Basic { username, password } => fields::write(
            BASIC,
            &[
                username.as_str().as_bytes(),
                password.expose_secret().as_bytes(),
            ],
        ),
        Credential::OAuth(tokens) => fields::write(
            OAUTH,
            &[
                tokens.access_token.expose_secret().as_bytes(),
                tokens.refresh_token.expose_secret().as_bytes(),
                &tokens.issued_at.as_unix_micros().to_be_bytes(),
                &tokens.expires_at.as_unix_micros().to_be_bytes(),
                tokens.scopes.to_string().as_bytes(),
            ],
        ),
    }
}

/// The credential with these bytes, as [`encode`] gave them; `None` for any others.
pub(crate) fn decode(bytes: &[u8]) -> Option<Credential> {
    let (kind, mut fields) = Fields::read(bytes)?;
    let credential = match kind {
        BASIC => Credential::Basic {
            username: fields.text()?.parse().ok()?,
            password: SecretString::from(fields.text()?),
        },
        OAUTH => Credential::OAuth(OAuthTokens {
            access_token: SecretString::from(fields.text()?),
            refresh_token: SecretString::from(fields.text()?),
            issued_at: instant(&mut fields)?,
            expires_at: instant(&mut fields)?,
            scopes: Scopes::parse(fields.text()?),
        }),
        _ => return None,
    };
    fields.end()?;
    Some(credential)
}

fn instant(fields: &mut Fields<'_>) -> Option<Timestamp> {
    let micros = i64::from_be_bytes(fields.array()?);
    Some(Timestamp::from_unix_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASIC_ENCODED: &[u8] = b"\x01\x01\0\0\0\x05\xc3\xa4nna\0\0\0\x02pw";

    const OAUTH_ENCODED: &[u8] = b"\x01\x02\0\0\0\x02at\0\0\0\x03rt1\
        \0\0\0\x08\0\0\0\0\0\0\0\x07\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x03a b";

    #[test]
    fn a_basic_credential_has_stable_bytes() {
        let credential = Credential::Basic {
            username: "änna".parse().unwrap(),
            password: "pw".into(),
        };
        assert_eq!(encode(&credential).as_slice(), BASIC_ENCODED);

        let Some(Credential::Basic { username, password }) = decode(BASIC_ENCODED) else {
            panic!("it decodes")
        };
        assert_eq!(
            (username.as_str(), password.expose_secret()),
            ("änna", "pw")
        );
    }

    #[test]
    fn tokens_have_stable_bytes() {
        let credential = Credential::OAuth(OAuthTokens {
            access_token: "at".into(),
            refresh_token: "rt1".into(),
            issued_at: Timestamp::from_unix_micros(7),
            expires_at: Timestamp::from_unix_micros(-1),
            scopes: Scopes::parse("b a"),
        });
        assert_eq!(encode(&credential).as_slice(), OAUTH_ENCODED);

        let Some(Credential::OAuth(tokens)) = decode(OAUTH_ENCODED) else {
            panic!("it decodes")
        };
        assert_eq!(tokens.access_token.expose_secret(), "at");
        assert_eq!(tokens.refresh_token.expose_secret(), "rt1");
        assert_eq!(tokens.issued_at, Timestamp::from_unix_micros(7));
        assert_eq!(tokens.expires_at, Timestamp::from_unix_micros(-1));
        assert_eq!(tokens.scopes, Scopes::parse("a b"));
    }

    #[test]
    fn other_bytes_are_refused() {
        for encoded in [BASIC_ENCODED, OAUTH_ENCODED] {
            for cut in 0..encoded.len() {
                assert!(decode(&encoded[..cut]).is_none(), "cut at {cut}");
            }
            assert!(decode(&[encoded, b"x"].concat()).is_none());
        }
        for (position, byte) in [(0, 2), (1, 2), (1, 3), (2, 1), (5, 200), (6, 0xff)] {
            let mut bytes = BASIC_ENCODED.to_vec();
            bytes[position] = byte;
            assert!(decode(&bytes).is_none(), "byte {position}");
        }
    }
}
