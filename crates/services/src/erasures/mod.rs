//! Erasures: an account is deleted in one transaction, and what its user had elsewhere is cleared step
//! by step until nothing is left, or it is known what could not be (R-01, ADR 0029).
//!
//! From the transaction on nobody but the worker here opens what is left of the user's credentials,
//! under a key of the erasure's own.

mod account;
mod adopt;
mod begin;
mod clear;
mod documents;
mod plan;
mod record;
mod storage;

use std::fmt;
use std::sync::Arc;

use wharf_domain::context::{Actor, Context, RequestId};
use wharf_domain::environment::Environment;
use wharf_domain::erasure::ErasureReport;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{ErasureId, UserId};
use wharf_domain::item::ItemName;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::deletion_ledger::DeletionLedger;
use wharf_domain::ports::erasure_credentials::ErasureCredentials;
use wharf_domain::ports::erasures as port;
use wharf_domain::ports::listings::Listings;
use wharf_domain::ports::oauth::AuthorizationServers;
use wharf_domain::ports::outbox::Outbox;

pub(crate) use self::adopt::adopt;
use crate::error::ServiceError;
use crate::gate::Gate;
use crate::revocations::Revocations;
use crate::tasks::Tasks;
use crate::vault::Vault;

/// What erasures reach.
#[derive(Clone)]
pub struct Reach {
    /// What is left to be done.
    pub erasures: Arc<dyn port::Erasures>,
    /// What opens storages until they are cleared.
    pub credentials: Arc<dyn ErasureCredentials>,
    /// Where deletions are noted outside the database.
    pub ledger: Arc<dyn DeletionLedger>,
    /// Where steps wait.
    pub outbox: Arc<dyn Outbox>,
    /// The storages.
    pub backends: Arc<dyn Backends>,
    /// Who renews tokens.
    pub servers: Arc<dyn AuthorizationServers>,
    /// What was listed lately.
    pub listings: Arc<dyn Listings>,
    /// The folder of connected storages that documents lie in.
    pub folder: ItemName,
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reach").finish_non_exhaustive()
    }
}

/// The use cases around erasures.
#[derive(Clone)]
pub struct Erasures {
    reach: Reach,
    revocations: Revocations,
    gate: Gate,
    vault: Vault,
    environment: Environment,
    tasks: Tasks,
}

impl fmt::Debug for Erasures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Erasures").finish_non_exhaustive()
    }
}

impl Erasures {
    /// The use cases on these ports. The gate is that of the sessions: it is told when an account goes.
    pub fn new(reach: Reach, revocations: Revocations, gate: Gate, tasks: Tasks) -> Self {
        let (vault, environment) = revocations.means();
        Self {
            reach,
            revocations,
            gate,
            vault,
            environment,
            tasks,
        }
    }

    /// How far an erasure has come; its receipt once it has ended.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn find(&self, id: ErasureId) -> Result<ErasureReport, ServiceError> {
        let report = self.reach.erasures.report(id).await?;
        report.ok_or(ServiceError::NotFound)
    }

    /// What is done without anybody asking.
    fn own_behalf(&self) -> Context {
        Context {
            actor: Actor::System,
            request: RequestId(self.environment.random_bytes()),
            client: None,
        }
    }

    fn event(&self, context: &Context, action: Action, user: UserId) -> Event {
        let resource = Some(Resource::User(user));
        Event::new(&self.environment, context, action, resource)
    }
}
