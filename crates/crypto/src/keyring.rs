//! The operator's keys, the outer of the two levels: they wrap data keys and name the seeds that sign
//! tokens. Where they come from is a [provider](crate::provider)'s business; never the database.
//!
//! A key is added everywhere, then promoted, then retired (K-06), so a ring may hold any number of keys of
//! which one, the primary, is used for what is new; the others only open. Knows no owner: what a data key
//! is bound to is the caller's [`Context`].

pub(crate) mod disk;
pub(crate) mod file;
mod weak;

use std::path::Path;

use secrecy::ExposeSecret as _;

use crate::context::{Context, Purpose};
use crate::data_key::DataKey;
use crate::derived::DerivedKey;
use crate::error::{KeyringError, OpenError, RandomError, SealError};
use crate::key_id::KeyId;
use crate::provider::{KeyFile, KeyProvider as _};
use crate::record::Record;
use crate::seal::SealingKey;
use crate::signature::{PublicKey, Signer};
use crate::signing_key::SigningKey;

/// A purpose of the operator's sealing keys; callers never name it, so a wrapped data key can be taken for
/// nothing else.
const DATA_KEY: Purpose = Purpose::new("data_key");

/// The other one: what shows that a key is the one that it was.
const CANARY: Purpose = Purpose::new("canary");

/// The sealing and token-signing keys of one installation. Erased from memory when dropped.
#[derive(Debug)]
pub struct Keyring {
    sealing: Keys<SealingKey>,
    signing: Keys<SigningKey>,
}

/// Keys of one kind, of which exactly one is used for what is new.
#[derive(Debug)]
struct Keys<K> {
    primary: Held<K>,
    others: Vec<Held<K>>,
}

/// A key, and what is known of it.
#[derive(Debug)]
struct Held<K> {
    key: K,
    state: KeyState,
    created_secs: Option<u64>,
}

/// What a key is used for by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyState {
    /// It opens, and is going to be the primary one once everybody has it.
    Added,
    /// It wraps what is new, or signs it.
    Primary,
    /// It was the primary one; it only opens.
    Former,
}

impl KeyState {
    /// The stable name, in key files and listings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Primary => "primary",
            Self::Former => "former",
        }
    }
}

/// What may be told of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyDescription {
    /// Its id.
    pub id: KeyId,
    /// What it is used for.
    pub state: KeyState,
    /// When it was made, in seconds since the Unix epoch; unknown of keys from a file of version 1.
    pub created_secs: Option<u64>,
}

/// Whether [`Keyring::load_or_create`] found its file or made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file was there, or another process made it first.
    Existing,
    /// The file is new: the operator should be told to back it up.
    Created,
}

impl Keyring {
    /// Makes a ring of one sealing key and one signing key, in memory only.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, RandomError> {
        Self::generate_at(None)
    }

    /// The same, made at this time.
    pub(crate) fn generate_at(created_secs: Option<u64>) -> Result<Self, RandomError> {
        Ok(Self {
            sealing: Keys::of(SealingKey::generate()?, created_secs),
            signing: Keys::of(SigningKey::generate()?, created_secs),
        })
    }

    /// Reads and checks the key file at `path`.
    ///
    /// # Errors
    /// A [`KeyringFault`](crate::KeyringFault) for each reason to refuse the file; K-07.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        KeyFile::at(path).load()
    }

    /// Reads the key file at `path`, or makes it (mode 0600, durable before this returns) when there
    /// is none. An existing file is never replaced: of several processes that start at once, one
    /// creates and all get the same ring.
    ///
    /// # Errors
    /// As [`Keyring::load`], and when the file cannot be made.
    pub fn load_or_create(path: &Path) -> Result<(Self, Origin), KeyringError> {
        KeyFile::at(path).load_or_create(None)
    }

    /// The id of the key that wraps new data keys.
    #[must_use]
    pub fn primary_id(&self) -> KeyId {
        self.sealing.primary.key.id()
    }

    /// The sealing keys, the primary one first.
    pub fn sealing_keys(&self) -> impl Iterator<Item = KeyDescription> {
        self.sealing.held().map(|held| held.describe(held.key.id()))
    }

    /// Whether a sealing key is at hand.
    #[must_use]
    pub fn has(&self, id: KeyId) -> bool {
        self.sealing_key(id).is_some()
    }

    /// Seals a data key under the primary key, bound to `context`.
    ///
    /// # Errors
    /// [`SealError::Random`] without random bytes for a nonce.
    pub fn wrap(&self, context: &Context, data_key: &DataKey) -> Result<Vec<u8>, SealError> {
        let primary = &self.sealing.primary.key;
        primary.seal(DATA_KEY, context, &data_key.to_bytes())
    }

    /// Opens what [`Keyring::wrap`] made with the same context, under whichever key it names; no key
    /// is tried that the record does not name (K-04).
    ///
    /// # Errors
    /// [`OpenError::KeyUnavailable`] if the ring lacks that key, [`OpenError::Refused`] for everything
    /// else.
    pub fn unwrap_key(&self, context: &Context, record: &[u8]) -> Result<DataKey, OpenError> {
        let record = Record::parse(record).ok_or(OpenError::Refused)?;
        let key = self.opener(&record)?;
        let data_key = key.open(DATA_KEY, context, &record)?;
        DataKey::from_bytes(data_key.expose_secret()).ok_or(OpenError::Refused)
    }

    /// A record that this key alone opens: kept beside what the key seals, it shows later whether the key
    /// of that id is still the same (K-07). `None` if the ring lacks the key.
    ///
    /// # Errors
    /// [`SealError::Random`] without random bytes for a nonce.
    pub fn seal_canary(&self, id: KeyId) -> Result<Option<Vec<u8>>, SealError> {
        let seal = |key: &SealingKey| key.seal(CANARY, &Context::new(), &id.to_bytes());
        self.sealing_key(id).map(seal).transpose()
    }

    /// Whether the key that a canary names is the one that sealed it.
    ///
    /// # Errors
    /// As [`unwrap_key`](Self::unwrap_key).
    pub fn check_canary(&self, record: &[u8]) -> Result<(), OpenError> {
        let record = Record::parse(record).ok_or(OpenError::Refused)?;
        let id = self
            .opener(&record)?
            .open(CANARY, &Context::new(), &record)?;
        match *id.expose_secret() == record.key_id.to_bytes() {
            true => Ok(()),
            false => Err(OpenError::Refused),
        }
    }

    /// The key that signs new tokens.
    #[must_use]
    pub fn current_signing_key(&self) -> &SigningKey {
        &self.signing.primary.key
    }

    /// Every key whose tokens are still to be accepted, the current one first.
    pub fn signing_keys(&self) -> impl Iterator<Item = &SigningKey> {
        self.signing.held().map(|held| &held.key)
    }

    /// Adds a new sealing key, which only opens for now.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn add(&mut self, created_secs: u64) -> Result<KeyId, RandomError> {
        let key = SealingKey::generate()?;
        let id = key.id();
        self.sealing.others.push(Held {
            key,
            state: KeyState::Added,
            created_secs: Some(created_secs),
        });
        Ok(id)
    }

    /// Makes a sealing key the primary one, and the primary one a former one. `false` if the ring lacks
    /// the key; nothing changes if it is the primary one already.
    pub fn promote(&mut self, id: KeyId) -> bool {
        let Keys { primary, others } = &mut self.sealing;
        if primary.key.id() == id {
            return true;
        }
        let Some(other) = others.iter_mut().find(|held| held.key.id() == id) else {
            return false;
        };
        std::mem::swap(primary, other);
        primary.state = KeyState::Primary;
        other.state = KeyState::Former;
        true
    }

    /// Takes a sealing key out of the ring, for good. `false` if the ring lacks it; the primary one stays.
    pub fn remove(&mut self, id: KeyId) -> bool {
        let others = &mut self.sealing.others;
        let position = others.iter().position(|held| held.key.id() == id);
        position.map(|position| others.remove(position)).is_some()
    }

    fn sealing_key(&self, id: KeyId) -> Option<&SealingKey> {
        let mut keys = self.sealing.held().map(|held| &held.key);
        keys.find(|key| key.id() == id)
    }

    /// The key that a record names.
    fn opener(&self, record: &Record<'_>) -> Result<&SealingKey, OpenError> {
        let id = record.key_id;
        self.sealing_key(id).ok_or(OpenError::KeyUnavailable { id })
    }

    /// What signs new checkpoints of the audit trail: derived from the current token-signing seed, so
    /// that replicas with one key file have one signer, and that no token is ever good for a checkpoint
    /// (K-02).
    #[must_use]
    pub fn checkpoint_signer(&self) -> Signer {
        Signer::new(&self.signing.primary.key.derive(DerivedKey::AuditCheckpoint))
    }

    /// What checkpoints are checked with that were signed by any key of the ring, the current one first.
    pub fn checkpoint_keys(&self) -> impl Iterator<Item = PublicKey> {
        let seeds = self
            .signing_keys()
            .map(|key| key.derive(DerivedKey::AuditCheckpoint));
        seeds.map(|seed| Signer::new(&seed).public_key())
    }
}

impl<K> Keys<K> {
    fn of(primary: K, created_secs: Option<u64>) -> Self {
        Self {
            primary: Held {
                key: primary,
                state: KeyState::Primary,
                created_secs,
            },
            others: Vec::new(),
        }
    }

    /// All of them, the primary first.
    fn held(&self) -> impl Iterator<Item = &Held<K>> {
        std::iter::once(&self.primary).chain(&self.others)
    }
}

impl<K> Held<K> {
    fn describe(&self, id: KeyId) -> KeyDescription {
        KeyDescription {
            id,
            state: self.state,
            created_secs: self.created_secs,
        }
    }
}
