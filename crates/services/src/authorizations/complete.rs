//! Redeeming a code, once it is known whose it is.

use secrecy::{ExposeSecret as _, SecretString};
use wharf_crypto::digest::Sha256;
use wharf_domain::connection::AccountKey;
use wharf_domain::context::Context;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::oauth::{
    CodeRedemption, Granted, GrantedAccount, OAuthError, OAuthErrorKind,
};
use wharf_domain::ports::one_time::OneTimeKey;
use wharf_domain::time::Timestamp;
use wharf_domain::user::Role;

use super::Authorizations;
use super::begin::is_secret;
use super::record::{Parked, Pursuit};
use super::returned::PARKED_LIFE;
use crate::connections::{Connected, Grant};
use crate::error::ServiceError;
use crate::vault::{Belonging, VaultError};

/// What a redeemed code gave.
struct Redeemed {
    pursuit: Pursuit,
    /// The connections that lived when the code was redeemed.
    live_before: Vec<ConnectionId>,
    granted: Granted,
    at: Timestamp,
}

impl Authorizations {
    /// Completes an authorization whose answer was brought by another browser than the one that began.
    ///
    /// # Errors
    /// [`ServiceError::InvalidState`] for a confirmation that is not this user's, which is not taken
    /// then; else what kept the connection from being made. Nothing is stored then.
    pub async fn complete(
        &self,
        context: &Context,
        owner: UserId,
        confirmation: &SecretString,
    ) -> Result<Connected, ServiceError> {
        if !is_secret(confirmation) {
            return Err(ServiceError::InvalidState);
        }
        let (this, name) = (self.clone(), parked_name(owner, confirmation));
        let recalling = async move {
            let record = this.take(&name).await?;
            let opened = this.open_parked(owner, &name, &record).await;
            // However long it is kept, the provider ends the code.
            this.put_back_unless_read(name, record, PARKED_LIFE, &opened)
                .await;
            opened
        };
        let parked = self.means.tasks.complete(recalling).await?;
        self.finish(context, owner, parked).await
    }

    async fn open_parked(
        &self,
        owner: UserId,
        name: &OneTimeKey,
        record: &[u8],
    ) -> Result<Parked, ServiceError> {
        let belonging = Belonging::of_parked_code(owner, &name.digest);
        let opened = self.means.vault.open_bytes(&belonging, record).await;
        let bytes = opened.map_err(|error| match error {
            VaultError::Refused => ServiceError::InvalidState,
            error => error.into(),
        })?;
        Parked::decode(bytes.expose_secret()).ok_or(ServiceError::InvalidState)
    }

    /// Redeems the code and connects the account, though the browser may be gone by then: a grant that
    /// came is stored or ended.
    pub(super) async fn finish(
        &self,
        context: &Context,
        owner: UserId,
        parked: Parked,
    ) -> Result<Connected, ServiceError> {
        let (this, context) = (self.clone(), context.clone());
        let finishing = async move { this.redeem(&context, owner, parked).await };
        self.means.tasks.complete(finishing).await
    }

    async fn redeem(
        &self,
        context: &Context,
        owner: UserId,
        parked: Parked,
    ) -> Result<Connected, ServiceError> {
        self.check_owner(owner).await?;
        let Parked {
            pursuit,
            code,
            answered_issuer,
        } = parked;
        let provider = pursuit.provider;
        let live_before = self.connections.live_of(owner, provider).await?;
        let redemption = CodeRedemption {
            code,
            verifier: pursuit.verifier.clone(),
            issuer: pursuit.issuer.clone(),
            answered_issuer,
            redirect_uri: pursuit.redirect_uri.clone(),
        };
        let at = self.means.environment.now();
        let granted = self.servers.redeem(provider, redemption).await;
        let granted = granted.map_err(|error| match error.kind {
            OAuthErrorKind::IssuerMismatch => ServiceError::InvalidState,
            _ => error.into(),
        })?;
        let redeemed = Redeemed {
            pursuit,
            live_before,
            granted,
            at,
        };
        self.connect_or_end(context, owner, &redeemed).await
    }

    /// Whatever fails from here on leaves no row and no grant behind.
    async fn connect_or_end(
        &self,
        context: &Context,
        owner: UserId,
        redeemed: &Redeemed,
    ) -> Result<Connected, ServiceError> {
        let provider = redeemed.pursuit.provider;
        let account = self.servers.account(provider, &redeemed.granted).await;
        let key = account.as_ref().ok().map(|account| account.key.clone());
        let connected = self.connect(context, owner, redeemed, account).await;
        if connected.is_err() {
            self.end_unwanted(owner, redeemed, key).await;
        }
        connected
    }

    async fn end_unwanted(&self, owner: UserId, redeemed: &Redeemed, account: Option<AccountKey>) {
        let Redeemed {
            pursuit, granted, ..
        } = redeemed;
        self.revocations
            .end_unwanted(owner, pursuit.provider, account, granted)
            .await;
    }

    async fn connect(
        &self,
        context: &Context,
        owner: UserId,
        redeemed: &Redeemed,
        account: Result<GrantedAccount, OAuthError>,
    ) -> Result<Connected, ServiceError> {
        // Read again: much may have happened while the provider was asked.
        self.check_owner(owner).await?;
        let Redeemed {
            pursuit,
            live_before,
            granted,
            at,
        } = redeemed;
        let needed = self.servers.needed(pursuit.provider).unwrap_or_default();
        if !granted.scopes.cover(&needed) {
            return Err(ServiceError::ScopeInsufficient);
        }
        let grant = Grant {
            provider: pursuit.provider,
            account: account?,
            granted,
            issued_at: *at,
            live_before,
            reauthorise: pursuit.reauthorise,
        };
        self.connections
            .connect_granted(context, owner, &grant)
            .await
    }

    async fn check_owner(&self, owner: UserId) -> Result<(), ServiceError> {
        match self.users.find(owner).await? {
            Some(user) if user.role == Role::Regular => Ok(()),
            _ => Err(ServiceError::OwnerChanged),
        }
    }
}

/// What a parked code is kept under. The owner is part of it: nobody else finds the code, or takes it
/// away by trying.
pub(super) fn parked_name(owner: UserId, confirmation: &SecretString) -> OneTimeKey {
    let mut digest = Sha256::new();
    digest.update(owner.as_bytes());
    digest.update(confirmation.expose_secret().as_bytes());
    OneTimeKey {
        purpose: "oauth.parked",
        digest: digest.finish(),
    }
}
