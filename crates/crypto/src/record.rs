//! The sealed record, byte by byte, and what its tag covers beside the ciphertext.
//!
//! ```text
//! offset  length  content
//! 0       1       version, 1
//! 1       1       algorithm, 1 = XChaCha20-Poly1305
//! 2       16      key id
//! 18      24      nonce
//! 42      n       ciphertext, as long as the plaintext
//! 42+n    16      Poly1305 tag
//! ```
//!
//! Associated data: version, algorithm, key id, purpose, then each context field's label and value,
//! every item behind its length (K-03). The nonce is covered by the cipher itself.
//!
//! Knows layout only: no key, no cipher.

use crate::cipher::{NONCE_BYTES, TAG_BYTES};
use crate::context::{Context, Purpose, push_with_length};
use crate::key_id::KeyId;

const VERSION: u8 = 1;
const XCHACHA20_POLY1305: u8 = 1;
const HEADER_BYTES: usize = 2 + KeyId::BYTES + NONCE_BYTES;

/// A record taken apart; nothing in it is trusted before the cipher has checked the tag.
pub(crate) struct Record<'a> {
    pub(crate) key_id: KeyId,
    pub(crate) nonce: &'a [u8; NONCE_BYTES],
    pub(crate) ciphertext: &'a [u8],
    pub(crate) tag: &'a [u8; TAG_BYTES],
}

impl<'a> Record<'a> {
    /// Takes bytes apart, or `None` if they are too short or of another version or algorithm.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let ([VERSION, XCHACHA20_POLY1305], rest) = bytes.split_first_chunk()? else {
            return None;
        };
        let (key_id, rest) = rest.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (ciphertext, tag) = rest.split_last_chunk()?;
        Some(Self {
            key_id: KeyId::from_bytes(*key_id),
            nonce,
            ciphertext,
            tag,
        })
    }

    /// Puts the parts together; the inverse of [`Record::parse`].
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.ciphertext.len() + TAG_BYTES);
        bytes.extend_from_slice(&[VERSION, XCHACHA20_POLY1305]);
        bytes.extend_from_slice(&self.key_id.to_bytes());
        bytes.extend_from_slice(self.nonce);
        bytes.extend_from_slice(self.ciphertext);
        bytes.extend_from_slice(self.tag);
        bytes
    }
}

/// What the tag of a record under `key_id` covers beside its ciphertext.
pub(crate) fn associated_data(key_id: KeyId, purpose: Purpose, context: &Context) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    push_with_length(&mut bytes, &[VERSION]);
    push_with_length(&mut bytes, &[XCHACHA20_POLY1305]);
    push_with_length(&mut bytes, &key_id.to_bytes());
    push_with_length(&mut bytes, purpose.as_bytes());
    bytes.extend_from_slice(context.as_bytes());
    bytes
}
