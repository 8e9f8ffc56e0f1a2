//! Deleting an account: by an admin, by the operator, or once more after a restore.

use wharf_crypto::digest::sha256;
use wharf_domain::context::Context;
use wharf_domain::event::Action;
use wharf_domain::id::{ErasureId, UserId};
use wharf_domain::idempotency::IdempotencyKey;
use wharf_domain::ports::erasures::{AccountDeleted, Answered, Estate};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::session::Identity;

use super::Erasures;
use crate::error::ServiceError;

/// How often a deletion is planned anew because the user got something meanwhile.
const ATTEMPTS: usize = 5;

/// Stands for this route among the requests that are known again.
const ROUTE: &str = "admin.users.delete";

/// What a deletion comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// Somebody asks, perhaps in a request that is to be known again.
    Request(Option<Answered>),
    /// The ledger tells of it.
    Ledger(ErasureId),
}

impl Erasures {
    /// Deletes somebody's account, for an admin. The account is gone when this returns; what its user
    /// had elsewhere is cleared under the erasure that is given. Whoever asks again while that goes on
    /// is given the same.
    ///
    /// # Errors
    /// [`ServiceError::LoginTooOld`], [`ServiceError::OwnAccount`], [`ServiceError::LastAdmin`],
    /// [`ServiceError::NotFound`], [`ServiceError::IdempotencyKeyReused`],
    /// [`VaultError::KeyUnavailable`](crate::vault::VaultError::KeyUnavailable) if credentials could not
    /// be kept for the erasure. Nothing is changed then.
    pub async fn request(
        &self,
        context: &Context,
        caller: Identity,
        user: UserId,
        key: Option<&IdempotencyKey>,
    ) -> Result<ErasureId, ServiceError> {
        let now = self.environment.now();
        if !caller.is_recent(now) {
            return Err(ServiceError::LoginTooOld);
        }
        if caller.id == user {
            return Err(ServiceError::OwnAccount);
        }
        let answered = key.map(|key| Answered {
            caller: caller.id,
            route: ROUTE,
            key_sha256: sha256(key.as_str().as_bytes()),
            request_sha256: sha256(user.as_bytes()),
            at: now,
        });
        self.delete(context, user, Origin::Request(answered)).await
    }

    /// Deletes an account, for the operator.
    ///
    /// # Errors
    /// As [`request`](Self::request), where the caller does not matter.
    pub async fn order(&self, context: &Context, user: UserId) -> Result<ErasureId, ServiceError> {
        self.delete(context, user, Origin::Request(None)).await
    }

    /// Whoever hangs up does not end it.
    pub(super) async fn delete(
        &self,
        context: &Context,
        user: UserId,
        origin: Origin,
    ) -> Result<ErasureId, ServiceError> {
        let (this, context) = (self.clone(), context.clone());
        self.tasks
            .complete(async move { this.delete_now(&context, user, origin).await })
            .await
    }

    async fn delete_now(
        &self,
        context: &Context,
        user: UserId,
        origin: Origin,
    ) -> Result<ErasureId, ServiceError> {
        for _ in 0..ATTEMPTS {
            if let Origin::Request(Some(request)) = &origin
                && let Some((erasure, asked)) = self.reach.erasures.answered(request).await?
            {
                return if asked == request.request_sha256 {
                    Ok(erasure)
                } else {
                    Err(ServiceError::IdempotencyKeyReused)
                };
            }
            let Some(estate) = self.reach.erasures.estate(user).await? else {
                let running = self.reach.erasures.running(user).await?;
                return running.ok_or(ServiceError::NotFound);
            };
            if let Some(erasure) = self.try_delete(context, estate, origin).await? {
                return Ok(erasure);
            }
        }
        Err(ServiceError::Contended)
    }

    /// `None` if the user has got something meanwhile, or is gone.
    async fn try_delete(
        &self,
        context: &Context,
        estate: Estate,
        origin: Origin,
    ) -> Result<Option<ErasureId>, ServiceError> {
        let user = estate.user.id;
        let plan = self.plan(estate, origin).await?;
        let event = self.event(context, Action::UserDeleted, user);
        let deleted = self.reach.erasures.begin(&plan, &[event]).await;
        if !matches!(
            deleted,
            Ok(AccountDeleted::Stale | AccountDeleted::LastAdmin)
        ) {
            // Also where nobody knows what came of it: who is not remembered is looked up.
            self.gate.recognised.forget_user(user);
        }
        match deleted {
            Ok(AccountDeleted::Done) => {}
            Ok(AccountDeleted::LastAdmin) => return Err(ServiceError::LastAdmin),
            Ok(AccountDeleted::Stale) | Err(RepositoryError::Duplicate) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        for connection in &plan.estate.connections {
            self.reach.listings.forget(connection.id).await;
        }
        self.record_at_once(&plan).await;
        Ok(Some(plan.erasure.id))
    }
}
