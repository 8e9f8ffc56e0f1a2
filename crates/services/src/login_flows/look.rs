//! Asking what came of a login flow.

use std::time::Duration;

use wharf_domain::connection::DisplayName;
use wharf_domain::context::Context;
use wharf_domain::id::{LoginFlowId, UserId};
use wharf_domain::login_flow::LoginFlow;
use wharf_domain::ports::nextcloud::{LoginPoll, Polled};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::provider::Provider;
use wharf_domain::user::Role;

use super::LoginFlows;
use super::state::{FlowFailure, Granted, State};
use crate::connections::{ConnectionView, Found};
use crate::error::ServiceError;
use crate::vault::VaultError;

/// How long whoever asks a server has it for itself: longer than an answer and a connect may take.
const LEASE: Duration = Duration::from_secs(120);

/// How long a server is left alone that has just been asked.
const PAUSE: Duration = Duration::from_secs(1);

/// What has come of a login flow.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Nothing yet.
    Pending {
        /// For how long it may still be granted.
        expires_in: Duration,
    },
    /// The account is connected; `None` if that was ended since.
    Connected(Option<ConnectionView>),
    /// Nothing came of it, and nothing will: another may be begun.
    Failed(FlowFailure),
}

impl LoginFlows {
    /// Asks what came of a user's login flow, and connects the account once it is granted. Whoever hangs up
    /// meanwhile finds it connected later.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a flow that is not the user's. That nothing came of it is a
    /// [`Progress`].
    pub async fn look(
        &self,
        context: &Context,
        owner: UserId,
        id: LoginFlowId,
    ) -> Result<Progress, ServiceError> {
        let (this, context) = (self.clone(), context.clone());
        let looking = async move {
            let flow = this.flows.find(owner, id).await?;
            this.take_further(&context, flow.ok_or(ServiceError::NotFound)?)
                .await
        };
        self.tasks.complete(looking).await
    }

    async fn take_further(
        &self,
        context: &Context,
        mut flow: LoginFlow,
    ) -> Result<Progress, ServiceError> {
        let state = self.opened(&flow).await?;
        match &state {
            State::Connected(id) => {
                return match self.connections.find(flow.owner, *id).await {
                    Ok(connection) => Ok(Progress::Connected(Some(connection))),
                    Err(ServiceError::NotFound) => Ok(Progress::Connected(None)),
                    Err(error) => Err(error),
                };
            }
            State::Failed(failure) => return Ok(Progress::Failed(*failure)),
            State::Waiting { .. } | State::Granted(_) => {}
        }
        let now = self.environment.now();
        let pending = Progress::Pending {
            expires_in: flow.expires_at().since(now),
        };
        if flow.leased_until > now {
            return Ok(pending);
        }
        flow.leased_until = now.plus(LEASE);
        if !self.advance(&mut flow, &state).await? {
            return Ok(pending);
        }
        match state {
            State::Waiting { poll, display_name } => {
                self.poll(context, flow, poll, display_name).await
            }
            State::Granted(granted) => self.connect(context, flow, granted).await,
            State::Connected(_) | State::Failed(_) => Ok(pending),
        }
    }

    /// Asks the server. What it gives is kept before anything else is done with it.
    async fn poll(
        &self,
        context: &Context,
        mut flow: LoginFlow,
        poll: LoginPoll,
        display_name: Option<DisplayName>,
    ) -> Result<Progress, ServiceError> {
        let polled = self.servers.poll_login(&poll).await;
        let now = self.environment.now();
        let is_over = now >= flow.expires_at();
        match polled {
            Ok(Polled::Granted { server, login }) => {
                let granted = Granted {
                    server: server.clone().unwrap_or_else(|| poll.installation.clone()),
                    login,
                    display_name,
                };
                self.keep(&mut flow, &State::Granted(granted.clone()))
                    .await?;
                if server.is_none() {
                    return self
                        .fail(flow, Some(granted), FlowFailure::ServerNotAllowed)
                        .await;
                }
                self.connect(context, flow, granted).await
            }
            Err(error) if matches!(error.kind, StorageErrorKind::AddressRefused(_)) => {
                self.fail(flow, None, FlowFailure::ServerNotAllowed).await
            }
            _ if is_over => self.fail(flow, None, FlowFailure::Expired).await,
            // A server that is out of reach for a while may still hold the flow.
            Ok(Polled::Waiting) | Err(_) => {
                flow.leased_until = now.plus(PAUSE);
                self.advance(&mut flow, &State::Waiting { poll, display_name })
                    .await?;
                Ok(Progress::Pending {
                    expires_in: flow.expires_at().since(now),
                })
            }
        }
    }

    /// What a server told once and has forgotten since is tried to be kept more than once.
    async fn keep(&self, flow: &mut LoginFlow, state: &State) -> Result<(), ServiceError> {
        const ATTEMPTS: u32 = 5;
        let mut attempt = 1;
        loop {
            let before = flow.clone();
            match self.advance(flow, state).await {
                Ok(_) => return Ok(()),
                // The account was deleted meanwhile; whoever connects finds that out, and ends it.
                Err(ServiceError::Vault(VaultError::NoDataKey)) => return Ok(()),
                Err(error) if attempt == ATTEMPTS => return Err(error),
                Err(error) => tracing::warn!(%error, "an app password is not kept yet"),
            }
            *flow = before;
            tokio::time::sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }

    async fn connect(
        &self,
        context: &Context,
        mut flow: LoginFlow,
        granted: Granted,
    ) -> Result<Progress, ServiceError> {
        let connected = match self.check_owner(&flow).await {
            Ok(()) => {
                let found = Found {
                    provider: Provider::Nextcloud,
                    typed: granted.server.clone(),
                    login: granted.login.clone(),
                    display_name: granted.display_name.clone(),
                };
                self.connections
                    .connect_found(context, flow.owner, found)
                    .await
            }
            Err(error) => Err(error),
        };
        match connected {
            Ok(connected) => {
                let state = State::Connected(connected.connection.id);
                self.keep(&mut flow, &state).await?;
                Ok(Progress::Connected(Some(connected.connection)))
            }
            Err(error) => {
                tracing::info!(%error, "a login that was granted could not be connected");
                let failure = match error {
                    ServiceError::UpstreamAuthFailed => FlowFailure::PasswordRefused,
                    ServiceError::TooManyConnections => FlowFailure::TooManyConnections,
                    ServiceError::AddressNotAllowed(_) => FlowFailure::ServerNotAllowed,
                    _ => FlowFailure::Unconnected,
                };
                self.fail(flow, Some(granted), failure).await
            }
        }
    }

    /// Nothing comes of it. A password that came is deleted at its server, now or later.
    async fn fail(
        &self,
        mut flow: LoginFlow,
        granted: Option<Granted>,
        failure: FlowFailure,
    ) -> Result<Progress, ServiceError> {
        if let Some(granted) = granted {
            self.revocations
                .end_unused(flow.owner, granted.into())
                .await;
        }
        match self.advance(&mut flow, &State::Failed(failure)).await {
            Ok(_) | Err(ServiceError::Vault(VaultError::NoDataKey)) => {
                Ok(Progress::Failed(failure))
            }
            Err(error) => Err(error),
        }
    }

    /// Much may have happened since it was begun.
    async fn check_owner(&self, flow: &LoginFlow) -> Result<(), ServiceError> {
        match self.users.find(flow.owner).await? {
            Some(user) if user.role == Role::Regular => Ok(()),
            _ => Err(ServiceError::OwnerChanged),
        }
    }
}
