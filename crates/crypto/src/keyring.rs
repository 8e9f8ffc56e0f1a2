//! The operator's keys, the outer of the two levels: they wrap data keys and name the seeds that sign
//! tokens. They live in one file that never enters the database.
//!
//! A key is added as non-primary everywhere, then promoted, then retired (K-06), so a ring may hold
//! any number of keys of which one, the primary, is used for what is new; the others only open.
//! Knows no owner: what a data key is bound to is the caller's [`Context`].

mod disk;
mod file;

use std::path::Path;

use secrecy::ExposeSecret as _;

use crate::context::{Context, Purpose};
use crate::data_key::DataKey;
use crate::error::{KeyringError, KeyringFault, OpenError, RandomError, SealError};
use crate::key_id::KeyId;
use crate::record::Record;
use crate::seal::SealingKey;
use crate::signature::{PublicKey, Signer};
use crate::signing_key::SigningKey;

/// The one purpose of the operator's sealing keys; callers never name it, so a wrapped data key can
/// be taken for nothing else.
const DATA_KEY: Purpose = Purpose::new("data_key");

/// The one use of the signers that are derived from the token-signing seeds.
const CHECKPOINTS: &str = "wharf.audit.checkpoint";

/// The sealing and token-signing keys of one installation. Erased from memory when dropped.
#[derive(Debug)]
pub struct Keyring {
    sealing: Keys<SealingKey>,
    signing: Keys<SigningKey>,
}

/// Keys of one kind, of which exactly one is used for what is new.
#[derive(Debug)]
struct Keys<K> {
    primary: K,
    others: Vec<K>,
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
        Ok(Self {
            sealing: Keys::of(SealingKey::generate()?),
            signing: Keys::of(SigningKey::generate()?),
        })
    }

    /// Reads and checks the key file at `path`.
    ///
    /// # Errors
    /// A [`KeyringFault`] for each reason to refuse the file; K-07.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        disk::read(path)
            .and_then(|text| file::parse(&text))
            .map_err(|fault| fault.of(path))
    }

    /// Reads the key file at `path`, or makes it (mode 0600, durable before this returns) when there
    /// is none. An existing file is never replaced: of several processes that start at once, one
    /// creates and all get the same ring.
    ///
    /// # Errors
    /// As [`Keyring::load`], and when the file cannot be made.
    pub fn load_or_create(path: &Path) -> Result<(Self, Origin), KeyringError> {
        match Self::load(path) {
            Err(KeyringError {
                fault: KeyringFault::Missing,
                ..
            }) => {}
            loaded => return loaded.map(|keyring| (keyring, Origin::Existing)),
        }
        let origin = Self::generate()
            .map_err(KeyringFault::from)
            .and_then(|fresh| disk::publish(path, &file::encode(&fresh)))
            .map_err(|fault| fault.of(path))?;
        // What lies on the disk decides, whoever was first to put it there.
        Ok((Self::load(path)?, origin))
    }

    /// The id of the key that wraps new data keys.
    #[must_use]
    pub fn primary_id(&self) -> KeyId {
        self.sealing.primary.id()
    }

    /// Seals a data key under the primary key, bound to `context`.
    ///
    /// # Errors
    /// [`SealError::Random`] without random bytes for a nonce.
    pub fn wrap(&self, context: &Context, data_key: &DataKey) -> Result<Vec<u8>, SealError> {
        let primary = &self.sealing.primary;
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
        let id = record.key_id;
        let key = self
            .sealing
            .iter()
            .find(|key| key.id() == id)
            .ok_or(OpenError::KeyUnavailable { id })?;
        let data_key = key.open(DATA_KEY, context, &record)?;
        DataKey::from_bytes(data_key.expose_secret()).ok_or(OpenError::Refused)
    }

    /// The key that signs new tokens.
    #[must_use]
    pub fn current_signing_key(&self) -> &SigningKey {
        &self.signing.primary
    }

    /// Every key whose tokens are still to be accepted, the current one first.
    pub fn signing_keys(&self) -> impl Iterator<Item = &SigningKey> {
        self.signing.iter()
    }

    /// What signs new checkpoints of the audit trail: derived from the current token-signing seed, so
    /// that replicas with one key file have one signer, and that no token is ever good for a checkpoint
    /// (K-02).
    #[must_use]
    pub fn checkpoint_signer(&self) -> Signer {
        Signer::derive(self.signing.primary.seed(), CHECKPOINTS)
    }

    /// What checkpoints are checked with that were signed by any key of the ring, the current one first.
    pub fn checkpoint_keys(&self) -> impl Iterator<Item = PublicKey> {
        let signers = self.signing.iter();
        signers.map(|key| Signer::derive(key.seed(), CHECKPOINTS).public_key())
    }
}

impl<K> Keys<K> {
    fn of(primary: K) -> Self {
        Self {
            primary,
            others: Vec::new(),
        }
    }

    /// All of them, the primary first.
    fn iter(&self) -> impl Iterator<Item = &K> {
        std::iter::once(&self.primary).chain(&self.others)
    }
}

impl KeyringFault {
    fn of(self, path: &Path) -> KeyringError {
        KeyringError {
            path: path.to_owned(),
            fault: self,
        }
    }
}
