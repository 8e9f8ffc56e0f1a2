//! Connecting by a login flow: the person logs in at the server's own page, and the server gives a password
//! made for us. A server tells that once and forgets it before it has answered, so one alone asks, and what
//! comes is durable before anything else is done with it (O-12, ADR 0025).

mod begin;
mod look;
mod state;

use std::fmt;
use std::sync::Arc;

use wharf_domain::environment::Environment;
use wharf_domain::login_flow::LoginFlow;
use wharf_domain::ports::login_flows as port;
use wharf_domain::ports::nextcloud::NextcloudServers;
use wharf_domain::ports::users::Users;
use wharf_domain::step::SealedPayload;

pub use self::begin::{Begin, Begun};
pub use self::look::Progress;
pub use self::state::FlowFailure;
use self::state::State;
use crate::app_passwords::AppPassword;
use crate::connections::Connections;
use crate::error::ServiceError;
use crate::revocations::Revocations;
use crate::tasks::Tasks;
use crate::vault::{Belonging, Vault, VaultError};

/// The use cases around login flows.
#[derive(Clone)]
pub struct LoginFlows {
    servers: Arc<dyn NextcloudServers>,
    flows: Arc<dyn port::LoginFlows>,
    users: Arc<dyn Users>,
    connections: Connections,
    revocations: Revocations,
    tasks: Tasks,
    vault: Vault,
    environment: Environment,
}

impl fmt::Debug for LoginFlows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginFlows").finish_non_exhaustive()
    }
}

/// The app password in the state of a flow, if it has got one that no connection has.
pub(crate) fn unused_password(state: &[u8]) -> Option<AppPassword> {
    match State::decode(state)? {
        State::Granted(granted) => Some(granted.into()),
        State::Waiting { .. } | State::Connected(_) | State::Failed(_) => None,
    }
}

impl LoginFlows {
    /// The use cases on these ports.
    pub fn new(
        servers: Arc<dyn NextcloudServers>,
        flows: Arc<dyn port::LoginFlows>,
        users: Arc<dyn Users>,
        connections: Connections,
        revocations: Revocations,
        tasks: Tasks,
    ) -> Self {
        let (vault, environment) = revocations.means();
        Self {
            servers,
            flows,
            users,
            connections,
            revocations,
            tasks,
            vault,
            environment,
        }
    }

    async fn sealed(&self, flow: &LoginFlow, state: &State) -> Result<SealedPayload, ServiceError> {
        let belonging = Belonging::of_login_flow(flow.owner, flow.id);
        let sealed = self.vault.seal_bytes(&belonging, &state.encode()).await?;
        Ok(SealedPayload(sealed))
    }

    async fn opened(&self, flow: &LoginFlow) -> Result<State, ServiceError> {
        use secrecy::ExposeSecret as _;

        let belonging = Belonging::of_login_flow(flow.owner, flow.id);
        let opened = self.vault.open_bytes(&belonging, &flow.state.0).await?;
        let state = State::decode(opened.expose_secret());
        state.ok_or_else(|| VaultError::Refused.into())
    }

    /// Puts the flow on to another state; `false` if somebody else has changed it, and then nothing is.
    async fn advance(&self, flow: &mut LoginFlow, state: &State) -> Result<bool, ServiceError> {
        let replaced = flow.version;
        flow.state = self.sealed(flow, state).await?;
        flow.version = replaced.saturating_add(1);
        Ok(self.flows.replace(flow, replaced).await?)
    }
}
