//! Where the operator's keys come from. A file and a text that was handed in are the two there are; a key
//! management service that opens the file's text is a third, and changes nothing else.
//!
//! Knows nothing of what a key is for.

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{KeyPlace, KeyringError, KeyringFault};
use crate::keyring::{Keyring, Origin, disk, file};

/// A source of the operator's keys.
pub trait KeyProvider: fmt::Debug + Send + Sync {
    /// Where the keys are, for messages.
    fn place(&self) -> KeyPlace;

    /// Reads and checks the keys.
    ///
    /// # Errors
    /// A [`KeyringFault`] for each reason to refuse them; K-07.
    fn load(&self) -> Result<Keyring, KeyringError>;

    /// What is another value once [`load`](Self::load) may give other keys. It costs next to nothing.
    fn stamp(&self) -> Stamp;

    /// Puts other keys in the place of those that had this stamp, whole and durable or not at all.
    ///
    /// # Errors
    /// [`KeyringFault::ReadOnly`] where they cannot be changed, [`KeyringFault::ChangedMeanwhile`] if
    /// somebody else has.
    fn replace(&self, read: &Stamp, keyring: &Keyring) -> Result<(), KeyringError>;
}

/// Tells one state of the keys from the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp(Option<[i128; 4]>);

/// Keys in a file of mode 0600.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The key file at `path`, which need not be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file, or makes it (mode 0600, durable before this returns) when there is none. An
    /// existing file is never replaced: of several processes that start at once, one creates and all get
    /// the same ring.
    ///
    /// # Errors
    /// As [`load`](KeyProvider::load), and when the file cannot be made.
    pub fn load_or_create(&self, now_secs: Option<u64>) -> Result<(Keyring, Origin), KeyringError> {
        match self.load() {
            Err(KeyringError {
                fault: KeyringFault::Missing,
                ..
            }) => {}
            loaded => return loaded.map(|keyring| (keyring, Origin::Existing)),
        }
        let origin = Keyring::generate_at(now_secs)
            .map_err(KeyringFault::from)
            .and_then(|fresh| disk::publish(&self.path, &file::encode(&fresh)))
            .map_err(|fault| self.refused(fault))?;
        // What lies on the disk decides, whoever was first to put it there.
        Ok((self.load()?, origin))
    }

    fn refused(&self, fault: KeyringFault) -> KeyringError {
        KeyringError {
            place: self.place(),
            fault,
        }
    }
}

impl KeyProvider for KeyFile {
    fn place(&self) -> KeyPlace {
        KeyPlace::File(self.path.clone())
    }

    fn load(&self) -> Result<Keyring, KeyringError> {
        disk::read(&self.path)
            .and_then(|text| file::parse(&text))
            .map_err(|fault| self.refused(fault))
    }

    fn stamp(&self) -> Stamp {
        Stamp(disk::stamp(&self.path))
    }

    fn replace(&self, read: &Stamp, keyring: &Keyring) -> Result<(), KeyringError> {
        if self.stamp() != *read {
            return Err(self.refused(KeyringFault::ChangedMeanwhile));
        }
        disk::replace(&self.path, &file::encode(keyring)).map_err(|fault| self.refused(fault))
    }
}

/// Keys in the text of a key file that was handed in: from the environment, or from whoever opened it.
pub struct KeyText {
    name: &'static str,
    text: SecretString,
}

impl KeyText {
    /// The text that came under this name.
    #[must_use]
    pub fn new(name: &'static str, text: SecretString) -> Self {
        Self { name, text }
    }
}

impl KeyProvider for KeyText {
    fn place(&self) -> KeyPlace {
        KeyPlace::Text(self.name)
    }

    fn load(&self) -> Result<Keyring, KeyringError> {
        file::parse(self.text.expose_secret().as_bytes()).map_err(|fault| KeyringError {
            place: self.place(),
            fault,
        })
    }

    /// It is what it is as long as the process lives.
    fn stamp(&self) -> Stamp {
        Stamp(None)
    }

    fn replace(&self, _: &Stamp, _: &Keyring) -> Result<(), KeyringError> {
        Err(KeyringError {
            place: self.place(),
            fault: KeyringFault::ReadOnly,
        })
    }
}

/// Shows the name alone (G-01).
impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyText")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
