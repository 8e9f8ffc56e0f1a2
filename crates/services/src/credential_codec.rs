//! The bytes of a credential before they are sealed: a version, a kind, then length-prefixed fields.
//! It knows no key.

use secrecy::{ExposeSecret, SecretString};
use wharf_domain::credential::Credential;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const BASIC: u8 = 1;

/// The bytes of a credential.
pub(crate) fn encode(credential: &Credential) -> Zeroizing<Vec<u8>> {
    match credential {
        Credential::Basic { username, password } => {
            let fields = [
                username.as_str().as_bytes(),
                password.expose_secret().as_bytes(),
            ];
            // Sized beforehand, so that no reallocation leaves a copy behind.
            let size = 2 + fields.iter().map(|field| 4 + field.len()).sum::<usize>();
            let mut bytes = Zeroizing::new(Vec::with_capacity(size));
            bytes.extend_from_slice(&[VERSION, BASIC]);
            for field in fields {
                let len = u32::try_from(field.len()).unwrap_or(u32::MAX);
                bytes.extend_from_slice(&len.to_be_bytes());
                bytes.extend_from_slice(field);
            }
            bytes
        }
    }
}

/// The credential with these bytes, as [`encode`] gave them; `None` for any others.
pub(crate) fn decode(bytes: &[u8]) -> Option<Credential> {
    let ([VERSION, BASIC], fields) = bytes.split_first_chunk()? else {
        return None;
    };
    let (username, rest) = split_field(fields)?;
    let (password, rest) = split_field(rest)?;
    let username = username.parse().ok()?;
    let password = SecretString::from(password);
    rest.is_empty()
        .then_some(Credential::Basic { username, password })
}

fn split_field(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    let (field, rest) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
    Some((str::from_utf8(field).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENCODED: &[u8] = b"\x01\x01\0\0\0\x05\xc3\xa4nna\0\0\0\x02pw";

    #[test]
    fn a_basic_credential_has_stable_bytes() {
        let credential = Credential::Basic {
            username: "änna".parse().unwrap(),
            password: "pw".into(),
        };
        assert_eq!(encode(&credential).as_slice(), ENCODED);

        let Some(Credential::Basic { username, password }) = decode(ENCODED) else {
            panic!("it decodes")
        };
        assert_eq!(
            (username.as_str(), password.expose_secret()),
            ("änna", "pw")
        );
    }

    #[test]
    fn other_bytes_are_refused() {
        for cut in 0..ENCODED.len() {
            assert!(decode(&ENCODED[..cut]).is_none(), "cut at {cut}");
        }
        for (position, byte) in [(0, 2), (1, 2), (2, 1), (5, 200), (6, 0xff)] {
            let mut bytes = ENCODED.to_vec();
            bytes[position] = byte;
            assert!(decode(&bytes).is_none(), "byte {position}");
        }
        assert!(decode(&[ENCODED, b"x"].concat()).is_none());
    }
}
