//! Clearing one storage: its documents first, then the grant, then the credential. Each of these
//! can be done again, so that it does not matter where whoever did it before was cut off.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;
use wharf_domain::erasure::{Erasure, ErasurePart, GrantEnd, LeftBehind, PartReport, Subject};
use wharf_domain::event::Action;
use wharf_domain::id::{ConnectionId, StepId};
use wharf_domain::ports::erasure_credentials::PartCredential;
use wharf_domain::ports::erasures::EndEvents;
use wharf_domain::provider::{Access, Provider};
use wharf_domain::step::Step;

use super::Erasures;
use super::account::Account;
use super::documents::Place;
use super::storage::{Failed, Storage};
use crate::error::ServiceError;
use crate::meters;
use crate::outbox::Undone;
use crate::revocations::{Ended, Ending};
use crate::vault::VaultError;

/// How long a grant is left in force for uploads that were under way: they find the account gone within
/// a second, and remove by it what they have stored.
const GRACE: Duration = Duration::from_secs(5);

impl Erasures {
    /// Clears the storage that the step is for, as far as it can be. After the deadline what is left is
    /// given up.
    pub(crate) async fn clear(
        &self,
        step: &Step,
        stopping: &CancellationToken,
    ) -> Result<(), Undone> {
        let found = self.reach.erasures.part(step.id).await;
        let Some((erasure, part, credential)) = found.map_err(ServiceError::from)? else {
            return Ok(());
        };
        if part.ended_at.is_some() {
            return Ok(());
        }
        let cleared = self.try_clear(&erasure, &part, credential.as_ref(), stopping);
        let grant = match cleared.await {
            Ok(grant) => grant,
            Err(undone) => match given_up(&undone, &erasure, self.environment.now()) {
                Some(why) => {
                    let left = self.reach.erasures.leave(part.id, why).await;
                    let left = left.map_err(ServiceError::from)?;
                    // Parts of uploads are no documents that a receipt could count: they are tried for
                    // until they are gone.
                    if part.subject == Subject::House && left == 0 {
                        return Err(undone);
                    }
                    tracing::error!(
                        erasure = %erasure.id, part = %part.id, reason = %undone,
                        "a storage of a deleted account could not be cleared and is given up"
                    );
                    self.end_grant_at_last(&erasure, &part, credential.as_ref())
                        .await?
                }
                None => return Err(undone),
            },
        };
        Ok(self.end(&erasure, &part, grant).await?)
    }

    async fn try_clear(
        &self,
        erasure: &Erasure,
        part: &ErasurePart,
        credential: Option<&PartCredential>,
        stopping: &CancellationToken,
    ) -> Result<Option<GrantEnd>, Undone> {
        match (part.subject, credential) {
            (Subject::House, _) => self.clear_house(erasure, part.id, stopping).await,
            (Subject::Grant { .. }, Some(credential)) => {
                self.end_left_grant(erasure, part.id, credential).await
            }
            (Subject::Connection { id, provider }, Some(credential)) => {
                let of = (part.id, id, provider);
                self.clear_connection(erasure, of, credential, stopping)
                    .await
            }
            // Whatever was there was given up when it was planned.
            (Subject::Grant { .. } | Subject::Connection { .. }, None) => Ok(None),
        }
    }

    async fn clear_house(
        &self,
        erasure: &Erasure,
        part: StepId,
        stopping: &CancellationToken,
    ) -> Result<Option<GrantEnd>, Undone> {
        let backends = &self.reach.backends;
        let place = Place::House(backends.house(erasure.user));
        self.delete_documents(part, &place, stopping).await?;
        self.let_uploads_end(erasure)?;
        // Whatever else lies there, such as parts of uploads that a crash has left.
        let cleared = backends.clear_house(erasure.user).await;
        cleared.map_err(ServiceError::from)?;
        Ok(None)
    }

    async fn clear_connection(
        &self,
        erasure: &Erasure,
        (part, connection, provider): (StepId, ConnectionId, Provider),
        credential: &PartCredential,
        stopping: &CancellationToken,
    ) -> Result<Option<GrantEnd>, Undone> {
        let storage = self.storage(erasure, (part, provider), credential);
        let storage = storage.await?;
        let place = Place::Storage(&storage);
        let deleted = self.delete_documents(part, &place, stopping).await;
        // What was listed while they went is out of date.
        self.reach.listings.forget(connection).await;
        deleted?;
        let cleared = self.reach.erasures.clear(part).await;
        cleared.map_err(ServiceError::from)?;
        self.let_uploads_end(erasure)?;
        self.tidy(provider, &storage).await?;
        self.end_grant_of(provider, storage.account().await).await
    }

    /// Uploads that were under way find the account gone within a second, and remove what they have stored.
    fn let_uploads_end(&self, erasure: &Erasure) -> Result<(), Undone> {
        let until = erasure.requested_at.plus(GRACE);
        if self.environment.now() < until {
            return Err(Undone::NotBefore(until));
        }
        Ok(())
    }

    async fn end_grant_of(
        &self,
        provider: Provider,
        account: Account,
    ) -> Result<Option<GrantEnd>, Undone> {
        if provider.access() == Access::Password && provider != Provider::Nextcloud {
            return Ok(Some(GrantEnd::Unsupported));
        }
        let Account {
            endpoint,
            key,
            credential,
        } = account;
        let ending = Ending::of(provider, key, endpoint, credential);
        self.end_grant(&ending).await
    }

    /// What became of the grant of a part that is given up: that its documents could not be deleted is no
    /// reason to leave it in force.
    async fn end_grant_at_last(
        &self,
        erasure: &Erasure,
        part: &ErasurePart,
        credential: Option<&PartCredential>,
    ) -> Result<Option<GrantEnd>, ServiceError> {
        let Some(credential) = credential else {
            return Ok(None);
        };
        let Subject::Connection { provider, .. } = part.subject else {
            return Ok(Some(GrantEnd::Failed));
        };
        self.reach.erasures.clear(part.id).await?;
        let ended = match self.storage(erasure, (part.id, provider), credential).await {
            Ok(storage) => self.end_grant_of(provider, storage.account().await).await,
            Err(error) => Err(error.into()),
        };
        Ok(ended.unwrap_or(Some(GrantEnd::Failed)))
    }

    /// Removes what crashes have left of uploads, unless somebody else's may be under way there. What cannot
    /// be removed keeps nothing else from being done.
    async fn tidy(&self, provider: Provider, storage: &Storage<'_>) -> Result<(), ServiceError> {
        let account = storage.account().await;
        if self.revocations.is_needed(provider, &account.key).await? {
            return Ok(());
        }
        let folder = &self.reach.folder;
        let tidied = storage.call(|backend| async move { backend.tidy(folder).await });
        if let Err(Failed::Storage(error)) = tidied.await {
            tracing::warn!(%error, "parts of uploads could not be looked for");
        }
        Ok(())
    }

    async fn end_left_grant(
        &self,
        erasure: &Erasure,
        part: StepId,
        credential: &PartCredential,
    ) -> Result<Option<GrantEnd>, Undone> {
        let purge_key = self.vault.purge_key(erasure).await;
        let purge_key = purge_key.map_err(ServiceError::from)?;
        let opened = purge_key.open(part, credential.version, &credential.sealed.0);
        let opened = opened.await.map_err(ServiceError::from)?;
        let ending = Ending::decode(opened.expose_secret()).ok_or(Undone::Unknown)?;
        self.end_grant(&ending).await
    }

    async fn end_grant(&self, ending: &Ending) -> Result<Option<GrantEnd>, Undone> {
        Ok(Some(match self.revocations.end_one(ending).await? {
            Ended::Told => GrantEnd::Revoked,
            Ended::Untold => GrantEnd::Unsupported,
            Ended::InUse => GrantEnd::InUse,
        }))
    }

    /// Ends the part: its credential is destroyed, and with the last one the key of all.
    async fn end(
        &self,
        erasure: &Erasure,
        part: &ErasurePart,
        grant: Option<GrantEnd>,
    ) -> Result<(), ServiceError> {
        let report = self.reach.erasures.report(erasure.id).await?;
        let parts = report.map_or_else(Vec::new, |report| report.parts);
        let mut providers: Vec<Provider> = parts
            .iter()
            .filter_map(|report| report.part.subject.provider())
            .collect();
        providers.sort_by_key(|provider| provider.as_str());
        providers.dedup();
        let purged = Action::CloudCredentialsPurged { providers };
        let purged = self.event(&self.own_behalf(), purged, erasure.user);
        let events = EndEvents {
            purged: &purged,
            erased: &self.erased(erasure),
        };
        let now = self.environment.now();
        let ended = self.reach.erasures.end_part(part.id, grant, now, events);
        if ended.await? {
            let of_part = parts.iter().filter(|report| report.part.id == part.id);
            of_part.for_each(tell_left);
        }
        Ok(())
    }
}

/// That something stays is worth an operator's look.
fn tell_left(report: &PartReport) {
    for (why, count) in &report.left {
        let (part, reason) = (report.part.id, why.as_str());
        meters::left_behind(reason, *count);
        tracing::warn!(%part, reason, count, "documents of a deleted account were left behind");
    }
}

/// Why what is left of a part is given up, if it is.
fn given_up(
    undone: &Undone,
    erasure: &Erasure,
    now: wharf_domain::time::Timestamp,
) -> Option<LeftBehind> {
    match undone {
        Undone::Failed(ServiceError::Vault(VaultError::Refused | VaultError::NoDataKey)) => {
            Some(LeftBehind::CredentialDamaged)
        }
        Undone::Failed(_) | Undone::TooLong | Undone::Unknown if now >= erasure.deadline => {
            Some(LeftBehind::Unreachable)
        }
        _ => None,
    }
}
