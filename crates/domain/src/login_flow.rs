//! Login flows: a person logs in at a server's own page, and whoever began it asks what came of it. It knows
//! no server.

use std::time::Duration;

use crate::id::{LoginFlowId, UserId};
use crate::step::SealedPayload;
use crate::time::Timestamp;

/// The most login flows of one user that are kept; the oldest goes where another begins.
pub const MAX_LOGIN_FLOWS_PER_USER: usize = 5;

/// A login flow that a user began. What it has come to is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginFlow {
    /// The flow's id.
    pub id: LoginFlowId,
    /// Whoever began it; to everybody else there is no such flow.
    pub owner: UserId,
    /// What it has come to: opaque bytes to everybody but the services.
    pub state: SealedPayload,
    /// Counts the changes; whoever changes a flow names the one before.
    pub version: u32,
    /// Until then nobody else asks the server what came of it: it tells that once.
    pub leased_until: Timestamp,
    /// When it was begun.
    pub begun_at: Timestamp,
}

impl LoginFlow {
    /// How long a server keeps a flow, and so do we.
    pub const LIFE: Duration = Duration::from_secs(20 * 60);

    /// When it is over.
    pub fn expires_at(&self) -> Timestamp {
        self.begun_at.plus(Self::LIFE)
    }
}
