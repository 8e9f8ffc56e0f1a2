//! Renewing an access token: one refresh for all who need it, in this process and over all replicas,
//! and none that loses a refresh token.
//!
//! In a process all who wait share one flight; over replicas the claim on the connection's row decides
//! (ADR 0019). The flight is a task of its own: whoever hangs up ends nothing.

mod exchange;
mod keep;
mod outcome;
mod pace;
mod refusal;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use wharf_domain::connection::{Connection, ConnectionState, Endpoint};
use wharf_domain::context::Context;
use wharf_domain::environment::Environment;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::erasure_credentials::ErasureCredentials;
use wharf_domain::ports::oauth::{AuthorizationServers, OAuthError, OAuthErrorKind};
use wharf_domain::ports::refreshes::{Presented, RefreshClaim, Refreshes};
use wharf_domain::provider::Provider;

pub(crate) use self::exchange::renewed;
use self::outcome::Outcome;
use self::pace::Pace;
use crate::error::ServiceError;
use crate::flights::{Flights, Join};
use crate::meters;
use crate::revocations::Revocations;
use crate::tasks::Tasks;
use crate::vault::Vault;

/// How long a claim keeps others out, if its holder does not end it.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// How long a caller waits for a token that it cannot do without.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The shortest and the longest pause before the row is looked at again.
const LOOK_AGAIN: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(300)];

/// Renews access tokens.
#[derive(Clone)]
pub struct Refresher {
    refreshes: Arc<dyn Refreshes>,
    connections: Arc<dyn Connections>,
    doomed: Arc<dyn ErasureCredentials>,
    servers: Arc<dyn AuthorizationServers>,
    revocations: Revocations,
    vault: Vault,
    environment: Environment,
    tasks: Tasks,
    flights: Flights<Route, Arc<Connection>>,
    pace: Pace,
}

impl fmt::Debug for Refresher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresher").finish_non_exhaustive()
    }
}

/// What a flight is about: the credential that is to be replaced.
type Route = (ConnectionId, u32);

impl Refresher {
    /// A refresher on these ports. Tokens that come for a deleted account go to those that are `doomed`.
    pub fn new(
        refreshes: Arc<dyn Refreshes>,
        connections: Arc<dyn Connections>,
        doomed: Arc<dyn ErasureCredentials>,
        servers: Arc<dyn AuthorizationServers>,
        revocations: Revocations,
        tasks: Tasks,
    ) -> Self {
        let (vault, environment) = revocations.means();
        Self {
            refreshes,
            connections,
            doomed,
            servers,
            revocations,
            vault,
            environment,
            flights: Flights::new(tasks.clone()),
            tasks,
            pace: Pace::new(),
        }
    }

    /// Where work runs that outlives its request.
    pub(crate) fn tasks(&self) -> Tasks {
        self.tasks.clone()
    }

    /// Where the tokens of this provider go.
    ///
    /// # Errors
    /// If the provider is not set up.
    pub(crate) fn storage(&self, provider: Provider) -> Result<Endpoint, OAuthError> {
        let not_configured = || OAuthError::new(OAuthErrorKind::NotConfigured, provider);
        self.servers.storage(provider).ok_or_else(not_configured)
    }

    /// The connection with another credential than this one, which `stale` has: somebody else's new
    /// one, or one that is got now. Whoever waits no longer than `patience` does not end the refresh.
    ///
    /// # Errors
    /// [`ServiceError::RefreshPending`], [`ServiceError::RequiresReauth`],
    /// [`ServiceError::StorageDisconnected`], or what the provider or the database said.
    pub(crate) async fn renew(
        &self,
        context: &Context,
        stale: &Connection,
        patience: Duration,
    ) -> Result<Arc<Connection>, ServiceError> {
        let refresh = Refresh {
            refresher: self.clone(),
            context: context.clone(),
            owner: stale.owner,
            id: stale.id,
            stale: stale.credential_version,
        };
        let route = (stale.id, stale.credential_version);
        // Beyond what flights are kept track of, the row still decides, and a task still ends.
        let work = || {
            let (tasks, refresh) = (self.tasks.clone(), refresh.clone());
            async move { tasks.complete(refresh.run()).await }
        };
        match timeout(patience, self.flights.share(route, Join::Any, work)).await {
            Ok(landed) => landed.map_err(|error| told(&error)),
            Err(_) => Err(ServiceError::RefreshPending),
        }
    }
}

/// What all who waited are told; what each of them acts upon stands by itself.
fn told(error: &Arc<ServiceError>) -> ServiceError {
    match **error {
        ServiceError::RequiresReauth => ServiceError::RequiresReauth,
        ServiceError::StorageDisconnected => ServiceError::StorageDisconnected,
        ServiceError::RefreshPending => ServiceError::RefreshPending,
        _ => ServiceError::Shared(Arc::clone(error)),
    }
}

/// One flight.
#[derive(Clone)]
struct Refresh {
    refresher: Refresher,
    context: Context,
    owner: UserId,
    id: ConnectionId,
    /// The version of the credential that is to be replaced.
    stale: u32,
}

/// What came of a claim.
enum Step {
    /// There is another credential.
    Renewed(Arc<Connection>),
    /// It is not known yet: the row is to be looked at again, and the provider not to be asked again if
    /// it has refused already.
    LookAgain { is_refused: bool },
}

impl Refresh {
    /// Looks at the row and claims it, again and again, until there is another credential, or it is
    /// clear that there will be none, or it takes too long.
    async fn run(self) -> Result<Arc<Connection>, ServiceError> {
        let deadline = Instant::now() + PATIENCE;
        let mut is_refused = false;
        loop {
            let current = self.current().await?;
            if current.credential_version != self.stale {
                return Ok(Arc::new(current));
            }
            let turn = self.refresher.pace.turn(current.provider, deadline).await?;
            if let Some(claim) = self.claim(&current).await? {
                match self.under(claim, current, is_refused, turn).await? {
                    Step::Renewed(connection) => return Ok(connection),
                    Step::LookAgain { is_refused: said } => is_refused = said,
                }
            } else {
                drop(turn);
            }
            if Instant::now() >= deadline {
                return Err(ServiceError::RefreshPending);
            }
            sleep(self.pause()).await;
        }
    }

    /// The connection as it is, if it can be refreshed.
    async fn current(&self) -> Result<Connection, ServiceError> {
        let found = self.refresher.connections.find(self.owner, self.id).await?;
        let connection = found
            .filter(|connection| !connection.is_disconnected())
            .ok_or(ServiceError::StorageDisconnected)?;
        match connection.status.state {
            ConnectionState::RequiresReauth(_) => Err(ServiceError::RequiresReauth),
            ConnectionState::Active | ConnectionState::Unreachable => Ok(connection),
        }
    }

    async fn claim(&self, current: &Connection) -> Result<Option<RefreshClaim>, ServiceError> {
        let Refresher {
            refreshes,
            environment,
            ..
        } = &self.refresher;
        Ok(refreshes.claim(current, environment.now(), LEASE).await?)
    }

    /// Ends a claim that brought nothing. That it could not be said keeps others out until the lease
    /// ends, and leaves the token in doubt: neither loses anything.
    async fn release(&self, claim: &RefreshClaim, presented: Presented) {
        if let Err(error) = self.refresher.refreshes.release(claim, presented).await {
            tracing::warn!(connection = %self.id, %error, "a claim on a refresh could not be ended");
        }
    }

    fn pause(&self) -> Duration {
        let [shortest, longest] = LOOK_AGAIN;
        let chance = u16::from_be_bytes(self.refresher.environment.random_bytes());
        shortest + (longest - shortest) * u32::from(chance) / u32::from(u16::MAX)
    }

    /// The one place where it is told what came of refreshes.
    fn record(&self, current: &Connection, outcome: Outcome, since: Instant) {
        let (took, provider) = (since.elapsed(), current.provider);
        if outcome == Outcome::RotationLost {
            meters::refresh_lost(provider.as_str());
        }
        let (outcome, millis) = (outcome.name(), took.as_millis());
        meters::refreshed(provider.as_str(), outcome, took);
        tracing::info!(connection = %self.id, %provider, outcome, millis, "a refresh has ended");
    }
}
