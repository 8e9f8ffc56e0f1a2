//! Connecting an account whose grant has just been given.

use secrecy::SecretString;
use wharf_domain::connection::{Connection, ConnectionState};
use wharf_domain::context::Context;
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::oauth::{Granted, GrantedAccount};
use wharf_domain::ports::storage::StorageAccount;
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;

use super::Connections;
use super::connect::{ATTEMPTS, Connected, Reached};
use crate::error::ServiceError;
use crate::vault::CredentialOf;

/// A grant that is good, and whose.
pub(crate) struct Grant<'a> {
    pub(crate) provider: Provider,
    pub(crate) account: GrantedAccount,
    pub(crate) granted: &'a Granted,
    /// When the tokens were asked for, by our clock: they end no later than counted from here.
    pub(crate) issued_at: Timestamp,
    /// The user's connections that lived before the code was redeemed. One that was ended since took the
    /// new grant along: at some providers it is the same grant.
    pub(crate) live_before: &'a [ConnectionId],
    /// The connection that was to be authorised again.
    pub(crate) reauthorise: Option<ConnectionId>,
}

impl Connections {
    /// Connects an account by its grant: anew, or under the id that the account had before.
    ///
    /// # Errors
    /// [`ServiceError::AccountMismatch`], [`ServiceError::ConsentIncomplete`],
    /// [`ServiceError::ConnectionEnded`] where a disconnect came in between,
    /// [`ServiceError::TooManyConnections`]. Nothing is stored then.
    pub(crate) async fn connect_granted(
        &self,
        context: &Context,
        owner: UserId,
        grant: &Grant<'_>,
    ) -> Result<Connected, ServiceError> {
        let mut was_live = grant.reauthorise.is_some();
        for _ in 0..ATTEMPTS {
            let key = &grant.account.key;
            let known = self.connections.find_account(owner, grant.provider, key);
            let known = known.await?;
            let id = known.as_ref().map(|known| known.id);
            if grant.reauthorise.is_some() && grant.reauthorise != id {
                return Err(ServiceError::AccountMismatch);
            }
            let is_live = known.as_ref().is_some_and(|it| !it.is_disconnected());
            was_live |= id.is_some_and(|id| grant.live_before.contains(&id));
            if was_live && !is_live {
                return Err(ServiceError::ConnectionEnded);
            }
            was_live = is_live;
            let reached = self.reached_by(grant, known.as_ref()).await?;
            if let Some(connected) = self.keep(context, owner, known, &reached).await? {
                return Ok(connected);
            }
        }
        Err(ServiceError::Contended)
    }

    async fn reached_by(
        &self,
        grant: &Grant<'_>,
        known: Option<&Connection>,
    ) -> Result<Reached, ServiceError> {
        let Granted {
            access_token,
            refresh_token,
            expires_in,
            scopes,
            id_token: _,
        } = grant.granted;
        let refresh_token = match refresh_token {
            Some(token) => token.clone(),
            None => self.stored_refresh_token(known).await?,
        };
        let GrantedAccount {
            key,
            label,
            endpoint,
        } = grant.account.clone();
        Ok(Reached {
            provider: grant.provider,
            endpoint,
            credential: Credential::OAuth(OAuthTokens {
                access_token: access_token.clone(),
                refresh_token,
                issued_at: grant.issued_at,
                expires_at: grant.issued_at.plus(*expires_in),
                scopes: scopes.clone(),
            }),
            account: StorageAccount {
                key,
                label,
                quota: None,
            },
            display_name: None,
        })
    }

    /// Providers that gave a refresh token once may give none again: the one that there is stays in
    /// force, unless it was refused already.
    async fn stored_refresh_token(
        &self,
        known: Option<&Connection>,
    ) -> Result<SecretString, ServiceError> {
        let usable =
            known.filter(|known| !matches!(known.status.state, ConnectionState::RequiresReauth(_)));
        let stored = usable.and_then(|known| Some((known, known.credential.as_ref()?)));
        let Some((known, sealed)) = stored else {
            return Err(ServiceError::ConsentIncomplete);
        };
        match self.vault.open(CredentialOf::from(known), sealed).await? {
            Credential::OAuth(tokens) => Ok(tokens.refresh_token),
            Credential::Basic { .. } => Err(ServiceError::ConsentIncomplete),
        }
    }
}
