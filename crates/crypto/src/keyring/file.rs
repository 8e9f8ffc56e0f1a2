//! The key file's text: JSON, versioned, no field unknown. Knows no path and no disk.
//!
//! ```json
//! {
//!   "version": 1,
//!   "sealing_keys": [{ "id": "<32 hex digits>", "primary": true, "key": "<base64url of 32 bytes>" }],
//!   "signing_keys": [{ "id": "<32 hex digits>", "primary": true, "key": "<base64url of 32 bytes>" }]
//! }
//! ```
//!
//! Ids are unique in the whole file. The primary sealing key wraps new data keys, the primary signing
//! key (its `key` is the Ed25519 seed) signs new tokens.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretBox};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Keyring, Keys};
use crate::cipher::{KEY_BYTES, Key};
use crate::error::KeyringFault;
use crate::key_id::KeyId;
use crate::seal::SealingKey;
use crate::signing_key::SigningKey;

const VERSION: u64 = 1;
const SEALING_KEYS: &str = "sealing_keys";
const SIGNING_KEYS: &str = "signing_keys";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile {
    version: u64,
    sealing_keys: Vec<Entry>,
    signing_keys: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    primary: bool,
    key: Zeroizing<String>,
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// Reads a key file's text and checks every key in it.
pub(super) fn parse(text: &[u8]) -> Result<Keyring, KeyringFault> {
    // The version first: a later one may well have other fields.
    let Versioned { version } = serde_json::from_slice(text).map_err(malformed)?;
    if version != VERSION {
        return Err(KeyringFault::UnknownVersion { version });
    }
    let file: KeyringFile = serde_json::from_slice(text).map_err(malformed)?;
    let keyring = Keyring {
        sealing: keys(SEALING_KEYS, &file.sealing_keys, SealingKey::new)?,
        signing: keys(SIGNING_KEYS, &file.signing_keys, SigningKey::new)?,
    };
    check_ids_are_unique(&keyring)?;
    Ok(keyring)
}

/// Writes the text that [`parse`] reads.
pub(super) fn encode(keyring: &Keyring) -> Zeroizing<Vec<u8>> {
    let entry = |id: KeyId, key: &Key, primary: bool| Entry {
        id: id.to_string(),
        primary,
        key: URL_SAFE_NO_PAD.encode(key.expose_secret()).into(),
    };
    let Keyring { sealing, signing } = keyring;
    let file = KeyringFile {
        version: VERSION,
        sealing_keys: sealing.entries(|key, primary| entry(key.id(), key.key(), primary)),
        signing_keys: signing.entries(|key, primary| entry(key.kid(), key.seed(), primary)),
    };
    // Room enough that the text is not moved while it grows, which would leave keys behind.
    let mut text = Zeroizing::new(Vec::with_capacity(1024));
    serde_json::to_writer_pretty(&mut *text, &file)
        .expect("strings, booleans and a number always serialise into memory");
    text.push(b'\n');
    text
}

impl<K> Keys<K> {
    fn entries(&self, entry: impl Fn(&K, bool) -> Entry) -> Vec<Entry> {
        let primary = entry(&self.primary, true);
        let others = self.others.iter().map(|key| entry(key, false));
        std::iter::once(primary).chain(others).collect()
    }
}

/// The keys of one list, exactly one of them primary.
fn keys<K>(
    list: &'static str,
    entries: &[Entry],
    make: impl Fn(KeyId, Key) -> K,
) -> Result<Keys<K>, KeyringFault> {
    let mut primary = None;
    let mut others = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let id = entry.id.parse();
        let id = id.map_err(|_| KeyringFault::InvalidId { list, position })?;
        let key = make(id, decode(list, position, &entry.key)?);
        if !entry.primary {
            others.push(key);
        } else if primary.replace(key).is_some() {
            return Err(KeyringFault::SeveralPrimaries { list });
        }
    }
    let primary = primary.ok_or(KeyringFault::NoPrimary { list })?;
    Ok(Keys { primary, others })
}

fn decode(list: &'static str, position: usize, text: &str) -> Result<Key, KeyringFault> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map(Zeroizing::new)
        .map_err(|_| KeyringFault::InvalidKey { list, position })?;
    let key: &[u8; KEY_BYTES] = bytes.as_array().ok_or(KeyringFault::KeyLength {
        list,
        position,
        bytes: bytes.len(),
    })?;
    if is_pattern(key) {
        return Err(KeyringFault::WeakKey { list, position });
    }
    Ok(SecretBox::new(Box::new(*key)))
}

/// Whether each byte differs from the one before by the same step: all zero, one byte repeated, or the
/// `00 01 02 …` of examples. A random key is one of these once in 2^240 times.
fn is_pattern(key: &[u8; KEY_BYTES]) -> bool {
    let mut steps = key
        .iter()
        .zip(key.iter().skip(1))
        .map(|(byte, next)| next.wrapping_sub(*byte));
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

fn check_ids_are_unique(keyring: &Keyring) -> Result<(), KeyringFault> {
    let sealing = keyring.sealing.iter().map(SealingKey::id);
    let signing = keyring.signing.iter().map(SigningKey::kid);
    let mut seen = BTreeSet::new();
    match sealing.chain(signing).find(|id| !seen.insert(*id)) {
        Some(id) => Err(KeyringFault::DuplicateId { id }),
        None => Ok(()),
    }
}

/// Keeps the place and drops the parser's words: they quote what they stumble over.
#[expect(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn malformed(error: serde_json::Error) -> KeyringFault {
    KeyringFault::Malformed {
        line: error.line(),
        column: error.column(),
    }
}
