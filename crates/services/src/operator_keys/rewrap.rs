//! Having records wrapped anew, in batches, while everybody goes on reading them.
//!
//! It can be broken off at any time and begun again: a record tells by which key it is wrapped, so what is
//! left to be done is what is there. What a record holds stays what it was, so whoever has read it goes on.

use wharf_crypto::Keyring;
use wharf_domain::operator_key::{OperatorKeyId, WrappedRow};
use wharf_domain::ports::operator_keys::Rewrapped;
use wharf_domain::user::WrappedDataKey;

use super::turn::Turn;
use super::{KeysError, OperatorKeys, Progress, row_id};
use crate::vault::holder_context;

/// How many records are wrapped anew in one transaction: so few that nobody waits for it.
const BATCH: usize = 200;

/// What a walk through the records came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Walk {
    /// So many records were wrapped anew.
    pub(super) rewrapped: u64,
    /// So many do not open, and were left as they are.
    pub(super) damaged: u64,
}

impl OperatorKeys {
    /// Wraps every record anew that another key than the primary one has wrapped, until none is left.
    pub(super) async fn rewrap_all(
        &self,
        turn: Turn,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Walk, KeysError> {
        let mut sum = Walk::default();
        loop {
            let walk = self.rewrap_once(turn, sum.rewrapped, progress).await?;
            sum.rewrapped += walk.rewrapped;
            // Those that were found again are the same ones.
            sum.damaged = walk.damaged;
            if walk.rewrapped == 0 {
                return Ok(sum);
            }
        }
    }

    /// One walk through the records of each other key.
    async fn rewrap_once(
        &self,
        turn: Turn,
        before: u64,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Walk, KeysError> {
        let keyring = self.keyring.current();
        let primary = row_id(keyring.primary_id());
        let mut others = self.rows.in_use().await?;
        others.retain(|id| *id != primary);
        let mut total = before;
        for id in &others {
            total += self.rows.count_wrapped_by(*id).await?;
        }
        let mut walk = Walk::default();
        for id in others {
            let mut after = None;
            loop {
                let rows = self.rows.wrapped_by(id, after, BATCH).await?;
                let Some(last) = rows.last() else { break };
                after = Some(last.holder);
                self.keep_turn(turn).await?;
                let all = rows.len();
                let batch = self.wrap_anew(&keyring, id, rows)?;
                walk.damaged += (all - batch.len()) as u64;
                walk.rewrapped += self.rows.rewrap(&batch).await?;
                let done = before + walk.rewrapped;
                progress(Progress::Rewrapping { done, total });
            }
        }
        Ok(walk)
    }

    /// What these rows are to hold; those that do not open are left out.
    fn wrap_anew(
        &self,
        keyring: &Keyring,
        id: OperatorKeyId,
        rows: Vec<WrappedRow>,
    ) -> Result<Vec<Rewrapped>, KeysError> {
        let mut batch = Vec::with_capacity(rows.len());
        for before in rows {
            let context = holder_context(before.holder);
            match keyring.unwrap_key(&context, &before.wrapped.0) {
                Ok(key) => batch.push(Rewrapped {
                    wrapped: WrappedDataKey(keyring.wrap(&context, &key)?),
                    before,
                }),
                Err(wharf_crypto::OpenError::KeyUnavailable { .. }) => {
                    let place = self.keyring.place();
                    let ids = vec![id];
                    return Err(KeysError::Missing { place, ids });
                }
                Err(_) => {
                    tracing::error!(holder = ?before.holder, "a wrapped key is damaged and is left as it is");
                }
            }
        }
        Ok(batch)
    }
}
