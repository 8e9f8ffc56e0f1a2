//! A refusal is checked before it is believed, and what is believed is written down once.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use wharf_domain::connection::{Connection, ConnectionState, ConnectionStatus, ReauthReason};
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::ports::oauth::RefreshKind;
use wharf_domain::ports::refreshes::{Presented, RefreshClaim};

use super::outcome::Outcome;
use super::{Refresh, Step};
use crate::error::ServiceError;

/// How long whoever may hold the new token of a strict provider is given to store it: they were
/// overtaken because a clock was wrong, or because the database was away for longer than a lease.
const GRACE: Duration = Duration::from_secs(3);

impl Refresh {
    /// The provider refuses the grant. Somebody else may have a newer token, or have had one.
    pub(super) async fn check_refusal(
        &self,
        claim: &RefreshClaim,
        current: &Connection,
        begun: Instant,
    ) -> Result<Step, ServiceError> {
        if let Some(newer) = self.newer().await? {
            self.record(current, Outcome::Overtaken, begun);
            return Ok(Step::Renewed(newer));
        }
        let kind = self.refresher.servers.refresh_kind(current.provider);
        if kind == Some(RefreshKind::Strict) && claim.follows_unresolved {
            return self.wait_for_holder(claim).await;
        }
        self.mark(claim, current, ReauthReason::GrantRefused, begun)
            .await
    }

    /// Nobody has stored the new token in time: it is lost.
    pub(super) async fn lose_rotation(
        &self,
        claim: &RefreshClaim,
        current: &Connection,
        begun: Instant,
    ) -> Result<Step, ServiceError> {
        self.mark(claim, current, ReauthReason::RotationLost, begun)
            .await
    }

    /// The connection, if its credential is another by now.
    async fn newer(&self) -> Result<Option<Arc<Connection>>, ServiceError> {
        let now = self.current().await?;
        Ok((now.credential_version != self.stale).then(|| Arc::new(now)))
    }

    /// Leaves the row to whoever may hold the new token, for a while.
    async fn wait_for_holder(&self, claim: &RefreshClaim) -> Result<Step, ServiceError> {
        self.release(claim, Presented::Perhaps).await;
        let until = Instant::now() + GRACE;
        while Instant::now() < until {
            sleep(self.pause()).await;
            if let Some(newer) = self.newer().await? {
                return Ok(Step::Renewed(newer));
            }
        }
        Ok(Step::LookAgain { is_refused: true })
    }

    async fn mark(
        &self,
        claim: &RefreshClaim,
        current: &Connection,
        reason: ReauthReason,
        begun: Instant,
    ) -> Result<Step, ServiceError> {
        let provider = current.provider;
        let status = ConnectionStatus {
            state: ConnectionState::RequiresReauth(reason),
            since: self.refresher.environment.now(),
        };
        let event = Event::new(
            &self.refresher.environment,
            &self.context,
            Action::CloudRequiresReauth { provider },
            Some(Resource::Connection(self.id)),
        );
        let refreshes = &self.refresher.refreshes;
        if !refreshes.refuse(claim, status, &[event]).await? {
            // Overtaken: only of a lost rotation is it certain that asking again is of no use.
            let is_refused = reason == ReauthReason::RotationLost;
            return Ok(Step::LookAgain { is_refused });
        }
        let outcome = match reason {
            ReauthReason::RotationLost => Outcome::RotationLost,
            ReauthReason::GrantRefused | ReauthReason::PasswordRefused => Outcome::GrantRefused,
        };
        self.record(current, outcome, begun);
        Err(ServiceError::RequiresReauth)
    }
}
