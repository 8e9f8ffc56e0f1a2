//! The authorization servers that the operator has set up, by the names of their providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use wharf_domain::connection::Endpoint;
use wharf_domain::ports::oauth::{
    AuthorizationRequest, AuthorizationServers, Begun, CodeRedemption, Granted, GrantedAccount,
    OAuthError, OAuthErrorKind, RefreshKind, Revoked,
};
use wharf_domain::provider::Provider;
use wharf_domain::scopes::Scopes;
use wharf_domain::time::Clock;
use wharf_egress::{Client, Trust};

use crate::account::endpoint;
use crate::exchange::Exchange;
use crate::{AuthorizationServer, Description, Error, Fault};

/// Authorization servers by name.
#[derive(Debug)]
pub struct Registry {
    servers: BTreeMap<String, AuthorizationServer>,
}

impl Registry {
    /// A registry of these servers, each under the stable name of its provider, asked through `egress` as
    /// the operator's addresses.
    ///
    /// # Errors
    /// If a description cannot be used.
    pub fn new(
        egress: &Client,
        clock: &Arc<dyn Clock>,
        descriptions: impl IntoIterator<Item = (String, Description)>,
    ) -> Result<Self, Error> {
        let exchange = Exchange::new(egress.trusting(Trust::Operator), Arc::clone(clock));
        let servers = descriptions.into_iter().map(|(name, description)| {
            match AuthorizationServer::new(description, exchange.clone(), Arc::clone(clock)) {
                Ok(server) => Ok((name, server)),
                Err((key, reason)) => Err(Error::InvalidDescription {
                    provider: name,
                    key,
                    reason,
                }),
            }
        });
        Ok(Self {
            servers: servers.collect::<Result<_, _>>()?,
        })
    }

    /// The server with this name, if it is set up.
    pub fn server(&self, name: &str) -> Option<&AuthorizationServer> {
        self.servers.get(name)
    }

    fn of(&self, provider: Provider) -> Result<&AuthorizationServer, OAuthError> {
        self.server(provider.as_str())
            .ok_or_else(|| OAuthError::new(OAuthErrorKind::NotConfigured, provider))
    }
}

#[async_trait]
impl AuthorizationServers for Registry {
    fn offers(&self, provider: Provider) -> bool {
        self.server(provider.as_str()).is_some()
    }

    fn refresh_kind(&self, provider: Provider) -> Option<RefreshKind> {
        let server = self.server(provider.as_str())?;
        Some(server.description().refresh)
    }

    fn needed(&self, provider: Provider) -> Option<Scopes> {
        let server = self.server(provider.as_str())?;
        Some(server.description().needed.clone())
    }

    fn storage(&self, provider: Provider) -> Option<Endpoint> {
        let server = self.server(provider.as_str())?;
        Some(endpoint(&server.description().storage_url))
    }

    fn begin(
        &self,
        provider: Provider,
        request: &AuthorizationRequest,
    ) -> Result<Begun, OAuthError> {
        Ok(self.of(provider)?.begin(request))
    }

    async fn redeem(
        &self,
        provider: Provider,
        code: CodeRedemption,
    ) -> Result<Granted, OAuthError> {
        let outcome = self.of(provider)?.redeem(code).await;
        told(provider, "redeem", outcome)
    }

    async fn account(
        &self,
        provider: Provider,
        granted: &Granted,
    ) -> Result<GrantedAccount, OAuthError> {
        let outcome = self.of(provider)?.account(granted).await;
        told(provider, "account", outcome)
    }

    async fn refresh(
        &self,
        provider: Provider,
        refresh_token: &SecretString,
    ) -> Result<Granted, OAuthError> {
        let outcome = self.of(provider)?.refresh(refresh_token).await;
        told(provider, "refresh", outcome)
    }

    async fn revoke(
        &self,
        provider: Provider,
        refresh_token: &SecretString,
    ) -> Result<Revoked, OAuthError> {
        let outcome = self.of(provider)?.revoke(refresh_token).await;
        told(provider, "revoke", outcome)
    }
}

/// Tells the log what came of a call, and the caller with whom it was.
fn told<T>(
    provider: Provider,
    operation: &'static str,
    outcome: Result<T, Fault>,
) -> Result<T, OAuthError> {
    match &outcome {
        Ok(_) => tracing::debug!(%provider, operation, "the authorization server agreed"),
        Err(fault) => {
            tracing::debug!(%provider, operation, outcome = %fault.kind(), "the authorization server did not agree");
        }
    }
    outcome.map_err(|fault| fault.with(provider))
}
