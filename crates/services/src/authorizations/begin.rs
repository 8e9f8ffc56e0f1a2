//! Beginning an authorization: nothing is asked of anybody yet.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use wharf_crypto::digest::sha256;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::oauth::{AuthorizationRequest, OAuthErrorKind};
use wharf_domain::ports::one_time::OneTimeKey;
use wharf_domain::provider::{Access, Provider};

use super::record::{Pending, Pursuit};
use super::{Authorizations, SECRET_BYTES};
use crate::error::ServiceError;
use crate::vault::Belonging;

/// What a user wants to connect.
#[expect(
    missing_debug_implementations,
    reason = "G-01: what a cookie holds is never printed, not even redacted"
)]
pub struct Begin {
    /// The provider.
    pub provider: Provider,
    /// The connection that is to be authorised again.
    pub reauthorise: Option<ConnectionId>,
    /// Where the browser is sent on to when all is over.
    pub return_url: Option<String>,
    /// What the browser's cookie holds, if it has one already: one browser may begin several.
    pub browser: Option<SecretString>,
}

/// An authorization that has begun.
#[expect(
    missing_debug_implementations,
    reason = "G-01: secrets are never printed, not even redacted"
)]
pub struct Initiated {
    /// Where the person's browser is to go. It holds the state.
    pub authorization_url: String,
    /// How long the answer is waited for.
    pub expires_in: Duration,
    /// What the browser's cookie is to hold.
    pub browser: SecretString,
}

impl Authorizations {
    /// Begins an authorization for a user.
    ///
    /// # Errors
    /// [`ServiceError::ProviderNotOffered`], [`ServiceError::NotFound`] for a connection that is not
    /// the user's or is another provider's, [`ServiceError::ReturnUrlNotAllowed`], or
    /// [`ServiceError::Authorizations`].
    pub async fn begin(&self, owner: UserId, begin: Begin) -> Result<Initiated, ServiceError> {
        let provider = begin.provider;
        if provider.access() != Access::OAuth || !self.servers.offers(provider) {
            return Err(ServiceError::ProviderNotOffered);
        }
        self.check_reauthorised(owner, &begin).await?;
        if let Some(url) = &begin.return_url
            && !self.means.return_urls.contains(url)
        {
            return Err(ServiceError::ReturnUrlNotAllowed);
        }
        let request = AuthorizationRequest {
            state: self.new_secret(),
            verifier: self.new_secret(),
        };
        let begun = self.servers.begin(provider, &request);
        let begun = begun.map_err(|error| match error.kind {
            OAuthErrorKind::NotConfigured => ServiceError::ProviderNotOffered,
            _ => error.into(),
        })?;
        let browser = begin.browser.filter(is_secret);
        let browser = browser.unwrap_or_else(|| self.new_secret());
        let pending = Pending {
            pursuit: Pursuit {
                provider,
                issuer: begun.issuer,
                redirect_uri: begun.redirect_uri,
                verifier: request.verifier,
                reauthorise: begin.reauthorise,
            },
            browser: sha256(browser.expose_secret().as_bytes()),
            return_url: begin.return_url,
            begun_at: self.means.environment.now(),
        };
        self.remember(owner, &request.state, &pending).await?;
        Ok(Initiated {
            authorization_url: begun.url,
            expires_in: self.means.state_life,
            browser,
        })
    }

    async fn check_reauthorised(&self, owner: UserId, begin: &Begin) -> Result<(), ServiceError> {
        let Some(id) = begin.reauthorise else {
            return Ok(());
        };
        let connection = self.connections.find(owner, id).await?;
        if connection.provider == begin.provider {
            Ok(())
        } else {
            Err(ServiceError::NotFound)
        }
    }

    /// Keeps the record under the digest of the state: whoever reads it learns neither (O-01). The
    /// owner stands before what is sealed, to find the key by.
    async fn remember(
        &self,
        owner: UserId,
        state: &SecretString,
        pending: &Pending,
    ) -> Result<(), ServiceError> {
        let name = state_name(state);
        let belonging = Belonging::of_state(owner, pending.pursuit.provider, &name.digest);
        let plaintext = pending.encode();
        let sealed = self.means.vault.seal_bytes(&belonging, &plaintext).await?;
        let record = [owner.as_bytes(), sealed.as_slice()].concat();
        let life = self.means.state_life;
        Ok(self.records.put(name, record, life).await?)
    }

    pub(super) fn new_secret(&self) -> SecretString {
        let bytes: [u8; SECRET_BYTES] = self.means.environment.random_bytes();
        URL_SAFE_NO_PAD.encode(bytes).into()
    }
}

/// What an authorization is kept under.
pub(super) fn state_name(state: &SecretString) -> OneTimeKey {
    OneTimeKey {
        purpose: "oauth.state",
        digest: sha256(state.expose_secret().as_bytes()),
    }
}

/// Whether a text has the form of a secret made here.
pub(super) fn is_secret(text: &SecretString) -> bool {
    let bytes = URL_SAFE_NO_PAD.decode(text.expose_secret());
    bytes.is_ok_and(|bytes| bytes.len() == SECRET_BYTES)
}
