//! The key file's text: JSON, versioned, no field unknown. Knows no path and no disk.
//!
//! ```json
//! {
//!   "version": 2,
//!   "sealing_keys": [
//!     { "id": "<32 hex digits>", "state": "primary", "created_secs": 1795421730, "key": "<base64url of 32 bytes>" }
//!   ],
//!   "signing_keys": [
//!     { "id": "<32 hex digits>", "state": "primary", "created_secs": 1795421730, "key": "<base64url of 32 bytes>" }
//!   ]
//! }
//! ```
//!
//! Ids are unique in the whole file. The primary sealing key wraps new data keys, the primary signing
//! key (its `key` is the Ed25519 seed) signs new tokens; `added` is a key on its way to be primary, `former`
//! one that was. Version 1 has `"primary": true` or `false` instead of a state, and no time; it is still read.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretBox};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Held, KeyState, Keyring, Keys, weak};
use crate::cipher::{KEY_BYTES, Key};
use crate::error::KeyringFault;
use crate::key_id::KeyId;
use crate::seal::SealingKey;
use crate::signing_key::SigningKey;

const VERSION: u64 = 2;
const SEALING_KEYS: &str = "sealing_keys";
const SIGNING_KEYS: &str = "signing_keys";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile<E> {
    version: u64,
    sealing_keys: Vec<E>,
    signing_keys: Vec<E>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    state: State,
    /// Absent where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_secs: Option<u64>,
    key: Zeroizing<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Added,
    Primary,
    Former,
}

/// A key in a file of version 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FirstEntry {
    id: String,
    primary: bool,
    key: Zeroizing<String>,
}

impl From<FirstEntry> for Entry {
    fn from(entry: FirstEntry) -> Self {
        Self {
            id: entry.id,
            state: match entry.primary {
                true => State::Primary,
                false => State::Former,
            },
            created_secs: None,
            key: entry.key,
        }
    }
}

impl From<State> for KeyState {
    fn from(state: State) -> Self {
        match state {
            State::Added => Self::Added,
            State::Primary => Self::Primary,
            State::Former => Self::Former,
        }
    }
}

impl From<KeyState> for State {
    fn from(state: KeyState) -> Self {
        match state {
            KeyState::Added => Self::Added,
            KeyState::Primary => Self::Primary,
            KeyState::Former => Self::Former,
        }
    }
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// Reads a key file's text and checks every key in it.
pub(crate) fn parse(text: &[u8]) -> Result<Keyring, KeyringFault> {
    // The version first: a later one may well have other fields.
    let Versioned { version } = serde_json::from_slice(text).map_err(malformed)?;
    let (sealing, signing) = match version {
        1 => entries::<FirstEntry>(text)?,
        VERSION => entries::<Entry>(text)?,
        version => return Err(KeyringFault::UnknownVersion { version }),
    };
    let keyring = Keyring {
        sealing: keys(SEALING_KEYS, &sealing, SealingKey::new)?,
        signing: keys(SIGNING_KEYS, &signing, SigningKey::new)?,
    };
    check_ids_are_unique(&keyring)?;
    Ok(keyring)
}

/// The entries of both lists, whatever a version calls things.
fn entries<E>(text: &[u8]) -> Result<(Vec<Entry>, Vec<Entry>), KeyringFault>
where
    E: DeserializeOwned + Into<Entry>,
{
    let file: KeyringFile<E> = serde_json::from_slice(text).map_err(malformed)?;
    let of = |list: Vec<E>| list.into_iter().map(Into::into).collect();
    Ok((of(file.sealing_keys), of(file.signing_keys)))
}

/// Writes the text that [`parse`] reads.
pub(crate) fn encode(keyring: &Keyring) -> Zeroizing<Vec<u8>> {
    let Keyring { sealing, signing } = keyring;
    let file = KeyringFile {
        version: VERSION,
        sealing_keys: sealing.entries(|key| (key.id(), key.key())),
        signing_keys: signing.entries(|key| (key.kid(), key.seed())),
    };
    let keys = file.sealing_keys.len() + file.signing_keys.len();
    // Room enough that the text is not moved while it grows, which would leave keys behind.
    let mut text = Zeroizing::new(Vec::with_capacity(256 + 256 * keys));
    serde_json::to_writer_pretty(&mut *text, &file)
        .expect("strings and numbers always serialise into memory");
    text.push(b'\n');
    text
}

impl<K> Keys<K> {
    fn entries<'a>(&'a self, parts: impl Fn(&'a K) -> (KeyId, &'a Key)) -> Vec<Entry> {
        let entry = |held: &'a Held<K>| {
            let (id, key) = parts(&held.key);
            Entry {
                id: id.to_string(),
                state: held.state.into(),
                created_secs: held.created_secs,
                key: URL_SAFE_NO_PAD.encode(key.expose_secret()).into(),
            }
        };
        self.held().map(entry).collect()
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
        let held = Held {
            key: make(id, decode(list, position, &entry.key)?),
            state: entry.state.into(),
            created_secs: entry.created_secs,
        };
        if held.state != KeyState::Primary {
            others.push(held);
        } else if primary.replace(held).is_some() {
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
    if weak::is_weak(key) {
        return Err(KeyringFault::WeakKey { list, position });
    }
    Ok(SecretBox::new(Box::new(*key)))
}

fn check_ids_are_unique(keyring: &Keyring) -> Result<(), KeyringFault> {
    let sealing = keyring.sealing.held().map(|held| held.key.id());
    let signing = keyring.signing.held().map(|held| held.key.kid());
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
