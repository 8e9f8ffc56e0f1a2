//! Connecting by OAuth: an authorization is begun, the person consents at the provider, and the answer
//! comes back by a browser (RFC 6749, section 4.1).
//!
//! Whoever begins an authorization and whoever's browser brings the answer must be one person, or a
//! stranger's storage would be filed under the wrong account (RFC 9700, section 4.7). A browser that
//! holds the cookie of the beginning proves it; any other gets a confirmation that only the same
//! user's token redeems (O-03, ADR 0017).

mod begin;
mod complete;
mod outcome;
mod record;
mod returned;
mod taking;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use wharf_domain::environment::Environment;
use wharf_domain::ports::oauth::AuthorizationServers;
use wharf_domain::ports::one_time::OneTimeRecords;
use wharf_domain::ports::users::Users;
use wharf_domain::provider::{Access, Provider};

pub use self::begin::{Begin, Initiated};
pub use self::outcome::{Outcome, Refusal};
pub use self::returned::{Answer, Returned, Verdict};
use crate::connections::Connections;
use crate::revocations::Revocations;
use crate::tasks::Tasks;
use crate::vault::Vault;

/// The use cases around authorizations.
#[derive(Clone)]
pub struct Authorizations {
    servers: Arc<dyn AuthorizationServers>,
    records: Arc<dyn OneTimeRecords>,
    users: Arc<dyn Users>,
    connections: Connections,
    revocations: Revocations,
    means: Means,
}

/// What authorizations are worked on with.
#[derive(Clone, Debug)]
pub struct Means {
    /// Seals what waits for an answer.
    pub vault: Vault,
    /// Runs what must not end with its request.
    pub tasks: Tasks,
    /// Time and chance.
    pub environment: Environment,
    /// How long an answer is waited for.
    pub state_life: Duration,
    /// The only addresses that a browser is sent on to (O-04).
    pub return_urls: Vec<String>,
}

impl fmt::Debug for Authorizations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorizations").finish_non_exhaustive()
    }
}

/// The random bytes of a state, a verifier or a confirmation (O-01).
const SECRET_BYTES: usize = 32;

impl Authorizations {
    /// The use cases on these ports.
    pub fn new(
        servers: Arc<dyn AuthorizationServers>,
        records: Arc<dyn OneTimeRecords>,
        users: Arc<dyn Users>,
        connections: Connections,
        revocations: Revocations,
        means: Means,
    ) -> Self {
        Self {
            servers,
            records,
            users,
            connections,
            revocations,
            means,
        }
    }

    /// The providers that can be connected here, and how.
    pub fn providers(&self) -> Vec<(Provider, Access)> {
        let all = Provider::ALL.into_iter();
        let offered = all.filter(|provider| match provider.access() {
            Access::OAuth => self.servers.offers(*provider),
            Access::Password => true,
        });
        offered
            .map(|provider| (provider, provider.access()))
            .collect()
    }
}
