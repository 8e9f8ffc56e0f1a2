//! One at a time changes the operator's keys, on whatever machine: a row says whose turn it is.

use std::time::Duration;

use wharf_domain::id::TurnId;

use super::{KeysError, OperatorKeys};

/// How long a turn lasts unless it is kept. Whoever dies over it keeps the next one waiting for so long.
const LEASE: Duration = Duration::from_secs(15);

/// The turn, which is kept by whoever works.
#[derive(Clone, Copy)]
pub(super) struct Turn(TurnId);

impl OperatorKeys {
    pub(super) async fn take_turn(&self) -> Result<Turn, KeysError> {
        let turn = Turn(self.environment.new_id());
        match self.claim(turn).await? {
            true => Ok(turn),
            false => Err(KeysError::Busy {
                secs: LEASE.as_secs(),
            }),
        }
    }

    /// Every step begins with it: whoever lost the turn meanwhile must not go on.
    pub(super) async fn keep_turn(&self, turn: Turn) -> Result<(), KeysError> {
        match self.claim(turn).await? {
            true => Ok(()),
            false => Err(KeysError::TurnLost),
        }
    }

    /// A turn that cannot be ended ends by itself.
    pub(super) async fn end_turn(&self, turn: Turn) {
        if let Err(error) = self.rows.end_turn(turn.0).await {
            tracing::warn!(%error, "the turn to change the keys ends by itself only");
        }
    }

    async fn claim(&self, Turn(turn): Turn) -> Result<bool, KeysError> {
        let now = self.environment.now();
        Ok(self.rows.take_turn(turn, now, LEASE).await?)
    }
}
