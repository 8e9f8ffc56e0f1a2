//! Beginning a login flow.

use std::time::Duration;

use wharf_domain::connection::DisplayName;
use wharf_domain::context::Context;
use wharf_domain::id::{LoginFlowId, UserId};
use wharf_domain::login_flow::{LoginFlow, MAX_LOGIN_FLOWS_PER_USER};
use wharf_domain::provider::Provider;
use wharf_domain::step::SealedPayload;

use super::LoginFlows;
use super::state::State;
use crate::app_passwords::AppPassword;
use crate::error::ServiceError;

/// What a user wants to connect.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The installation's address, or that of any page of it.
    pub server_url: String,
    /// What the user calls it; made of login name and server if absent.
    pub display_name: Option<DisplayName>,
}

/// A login flow that has begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The flow, to ask what came of it.
    pub id: LoginFlowId,
    /// Where the person logs in. Whoever has it decides the flow.
    pub login_url: String,
    /// How long the server waits for the person.
    pub expires_in: Duration,
}

impl LoginFlows {
    /// Begins a login flow at the server of this address.
    ///
    /// # Errors
    /// [`ServiceError::AddressNotAllowed`], also where the server leads elsewhere, or what it said.
    pub async fn begin(
        &self,
        context: &Context,
        owner: UserId,
        begin: Begin,
    ) -> Result<Begun, ServiceError> {
        let connections = &self.connections;
        let typed = connections
            .checked(context, Provider::Nextcloud, &begin.server_url)
            .await?;
        let begun = match self.servers.begin_login(&typed).await {
            Ok(begun) => begun,
            Err(error) => return Err(connections.unconnected(context, error).await?),
        };
        let now = self.environment.now();
        let mut flow = LoginFlow {
            id: self.environment.new_id(),
            owner,
            state: SealedPayload(Vec::new()),
            version: 1,
            leased_until: now,
            begun_at: now,
        };
        let waiting = State::Waiting {
            poll: begun.poll,
            display_name: begin.display_name,
        };
        flow.state = self.sealed(&flow, &waiting).await?;
        for gone in self.flows.begin(&flow, MAX_LOGIN_FLOWS_PER_USER).await? {
            self.end_unused(&gone).await;
        }
        Ok(Begun {
            id: flow.id,
            login_url: begun.login_url,
            expires_in: LoginFlow::LIFE,
        })
    }

    /// A flow that nobody will ask about any more may hold a password that nobody uses.
    async fn end_unused(&self, gone: &LoginFlow) {
        if let Ok(State::Granted(granted)) = self.opened(gone).await {
            let password = AppPassword {
                provider: Provider::Nextcloud,
                account: None,
                endpoint: granted.server,
                login: granted.login,
            };
            self.revocations.end_unused(gone.owner, password).await;
        }
    }
}
