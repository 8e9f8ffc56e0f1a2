//! The deletion ledger: what was deleted is told to it, and what it tells is deleted once more where a
//! restore has brought it back (K-09).

use std::time::Duration;

use futures_util::TryStreamExt as _;
use wharf_domain::event::{Action, Event};
use wharf_domain::id::ErasureId;
use wharf_domain::ports::deletion_ledger::Deletion;
use wharf_domain::ports::erasures::ErasurePlan;
use wharf_domain::step::{Step, StepKind};

use super::Erasures;
use super::begin::Origin;
use crate::error::ServiceError;
use crate::outbox::{Attempt, Undone};

/// How long whoever deletes waits for the ledger.
const AT_ONCE: Duration = Duration::from_secs(5);

impl Erasures {
    /// Tells the ledger of a deletion that was just saved, with little patience: the step goes on.
    pub(super) async fn record_at_once(&self, plan: &ErasurePlan) {
        let steps = plan.steps.iter();
        for step in steps.filter(|step| step.kind == StepKind::RecordDeletion) {
            let attempt = Attempt {
                outbox: &*self.reach.outbox,
                environment: &self.environment,
                step,
            };
            attempt.make(AT_ONCE, self.record(step)).await;
        }
    }

    /// Tells the ledger of the deletion that the step is for.
    pub(crate) async fn record(&self, step: &Step) -> Result<(), Undone> {
        let id = ErasureId::from_bytes(*step.id.as_bytes());
        let report = self.reach.erasures.report(id).await;
        let Some(report) = report.map_err(ServiceError::from)? else {
            return Ok(());
        };
        let erasure = report.erasure;
        if erasure.recorded_at.is_some() {
            return Ok(());
        }
        let deletion = Deletion {
            erasure: id,
            user: erasure.user,
        };
        let told = self.reach.ledger.append(deletion).await;
        told.map_err(ServiceError::from)?;
        let erased = self.erased(&erasure);
        let now = self.environment.now();
        let noted = self.reach.erasures.recorded(id, now, &erased).await;
        noted.map_err(ServiceError::from)?;
        Ok(())
    }

    pub(super) fn erased(&self, erasure: &wharf_domain::erasure::Erasure) -> Event {
        self.event(&self.own_behalf(), Action::UserErased, erasure.user)
    }

    /// Deletes every account again that the ledger tells of and that is there: the database was restored
    /// from a backup of before. How many there were.
    ///
    /// # Errors
    /// If the ledger or the database cannot be used: nobody should be served then.
    pub async fn replay(&self) -> Result<u64, ServiceError> {
        let mut deletions = self.reach.ledger.read().await?;
        let mut again = 0;
        while let Some(batch) = deletions.try_next().await? {
            let users: Vec<_> = batch.iter().map(|deletion| deletion.user).collect();
            let present = self.reach.erasures.present(&users).await?;
            for deletion in batch {
                if present.contains(&deletion.user) && self.delete_again(deletion).await? {
                    again += 1;
                }
            }
        }
        Ok(again)
    }

    /// `false` if somebody else has done so meanwhile. The last admin goes too: it was not the last one when
    /// the account was deleted.
    async fn delete_again(&self, deletion: Deletion) -> Result<bool, ServiceError> {
        let context = self.own_behalf();
        let origin = Origin::Ledger(deletion.erasure);
        match self.delete(&context, deletion.user, origin).await {
            Ok(_) => {
                tracing::warn!(user = %deletion.user, "a deleted account was back and is deleted again");
                Ok(true)
            }
            Err(ServiceError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
