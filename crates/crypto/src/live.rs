//! The operator's keys as a running process has them: read once, and again when they may be others.
//!
//! Keys that cannot be read leave those in force that were. Knows neither when to look nor what is sealed.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::{KeyPlace, KeyringError, KeyringFault};
use crate::keyring::Keyring;
use crate::provider::{KeyProvider, Stamp};

/// The keys in force. Clones share them.
#[derive(Clone)]
pub struct LiveKeyring(Arc<Shared>);

struct Shared {
    provider: Option<Box<dyn KeyProvider>>,
    inforce: RwLock<InForce>,
}

struct InForce {
    keyring: Arc<Keyring>,
    stamp: Option<Stamp>,
}

impl LiveKeyring {
    /// Reads the keys for the first time.
    ///
    /// # Errors
    /// As [`KeyProvider::load`].
    pub fn open(provider: Box<dyn KeyProvider>) -> Result<Self, KeyringError> {
        let (keyring, stamp) = load(&*provider)?;
        let inforce = InForce {
            keyring: Arc::new(keyring),
            stamp: Some(stamp),
        };
        Ok(Self(Arc::new(Shared {
            provider: Some(provider),
            inforce: RwLock::new(inforce),
        })))
    }

    /// Keys that never change.
    #[must_use]
    pub fn fixed(keyring: Arc<Keyring>) -> Self {
        let stamp = None;
        Self(Arc::new(Shared {
            provider: None,
            inforce: RwLock::new(InForce { keyring, stamp }),
        }))
    }

    /// The keys in force.
    #[must_use]
    pub fn current(&self) -> Arc<Keyring> {
        let inforce = self.0.inforce.read();
        Arc::clone(&inforce.unwrap_or_else(PoisonError::into_inner).keyring)
    }

    /// Where the keys come from, for messages.
    #[must_use]
    pub fn place(&self) -> KeyPlace {
        let provider = self.0.provider.as_ref();
        provider.map_or(KeyPlace::Memory, |provider| provider.place())
    }

    /// Reads the keys again if they may be others by now; tells whether it did.
    ///
    /// # Errors
    /// As [`KeyProvider::load`]. Those that were in force still are.
    pub fn refresh(&self) -> Result<bool, KeyringError> {
        let Some(provider) = &self.0.provider else {
            return Ok(false);
        };
        let is_known = {
            let inforce = self.0.inforce.read();
            let inforce = inforce.unwrap_or_else(PoisonError::into_inner);
            inforce.stamp.as_ref() == Some(&provider.stamp())
        };
        if is_known {
            return Ok(false);
        }
        let (keyring, stamp) = load(&**provider)?;
        self.put(keyring, stamp);
        Ok(true)
    }

    /// Reads the keys, has them changed and puts them back; the changed ones are in force then. `change`
    /// says `false` if there is nothing to be changed.
    ///
    /// # Errors
    /// As [`KeyProvider::load`] and [`KeyProvider::replace`], or what `change` says.
    pub fn change<E>(&self, change: impl FnOnce(&mut Keyring) -> Result<bool, E>) -> Result<bool, E>
    where
        E: From<KeyringError>,
    {
        let read_only = || KeyringError {
            place: self.place(),
            fault: KeyringFault::ReadOnly,
        };
        let provider = self.0.provider.as_ref().ok_or_else(read_only)?;
        let (mut keyring, stamp) = load(&**provider)?;
        let is_changed = change(&mut keyring)?;
        if is_changed {
            provider.replace(&stamp, &keyring)?;
        }
        // What lies there decides, should somebody have written behind it.
        self.refresh()?;
        Ok(is_changed)
    }

    fn put(&self, keyring: Keyring, stamp: Stamp) {
        let mut inforce = self
            .0
            .inforce
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *inforce = InForce {
            keyring: Arc::new(keyring),
            stamp: Some(stamp),
        };
    }
}

/// The keys and their stamp, which is taken first: a change between the two is then seen the next time.
fn load(provider: &dyn KeyProvider) -> Result<(Keyring, Stamp), KeyringError> {
    let stamp = provider.stamp();
    Ok((provider.load()?, stamp))
}

impl fmt::Debug for LiveKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveKeyring")
            .field("place", &self.place())
            .finish_non_exhaustive()
    }
}
