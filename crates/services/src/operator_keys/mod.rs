//! The use cases around the operator's keys: whether those at hand are the right ones, which there are, and
//! how one takes the place of another while everything goes on (K-06, K-07).
//!
//! What a key seals is the [vault](crate::vault)'s business; where keys are kept, their provider's.

mod check;
mod error;
mod list;
mod retire;
mod rewrap;
mod rotate;
mod turn;
pub mod watch;

use std::fmt;
use std::sync::Arc;

use wharf_crypto::{KeyId, LiveKeyring};
use wharf_domain::environment::Environment;
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::ports::operator_keys::OperatorKeys as Rows;
use wharf_domain::ports::replicas::Replicas;

pub use self::error::KeysError;
pub use self::list::{ListedKey, ListedState};
pub use self::rotate::{Progress, Rotated};

/// The use cases around the operator's keys.
#[derive(Clone)]
pub struct OperatorKeys {
    keyring: LiveKeyring,
    rows: Arc<dyn Rows>,
    replicas: Arc<dyn Replicas>,
    environment: Environment,
}

impl OperatorKeys {
    /// Use cases on these keys and ports.
    pub fn new(
        keyring: LiveKeyring,
        rows: Arc<dyn Rows>,
        replicas: Arc<dyn Replicas>,
        environment: Environment,
    ) -> Self {
        Self {
            keyring,
            rows,
            replicas,
            environment,
        }
    }

    /// The clock and the randomness that they work with.
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    fn now_secs(&self) -> u64 {
        self.environment.now().as_unix_millis() / 1000
    }
}

impl fmt::Debug for OperatorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorKeys").finish_non_exhaustive()
    }
}

/// The id as rows have it.
pub(crate) fn row_id(id: KeyId) -> OperatorKeyId {
    OperatorKeyId(id.to_bytes())
}

/// The id as the key file has it.
fn file_id(id: OperatorKeyId) -> KeyId {
    KeyId::from_bytes(id.0)
}
