//! Taking a key out of use for good: only once nobody needs it.

use wharf_domain::context::Context;
use wharf_domain::event::{Action, Event};
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::ports::operator_keys::Retired;
use wharf_domain::replica::Replica;
use wharf_domain::time::Timestamp;

use super::turn::Turn;
use super::{KeysError, OperatorKeys, file_id, row_id};

impl OperatorKeys {
    /// Takes a key out of the key file, unless it is the primary one, here or at a replica, or a record
    /// needs it. A retirement that was broken off is brought to its end.
    ///
    /// # Errors
    /// Who still needs it, or if the database or the key file fails.
    pub async fn retire(&self, context: &Context, id: OperatorKeyId) -> Result<(), KeysError> {
        let turn = self.take_turn().await?;
        let retired = self.retire_within(turn, context, id).await;
        self.end_turn(turn).await;
        retired
    }

    async fn retire_within(
        &self,
        turn: Turn,
        context: &Context,
        id: OperatorKeyId,
    ) -> Result<(), KeysError> {
        self.keyring.refresh()?;
        let keyring = self.keyring.current();
        if row_id(keyring.primary_id()) == id {
            return Err(KeysError::IsPrimary { id });
        }
        let is_known = self.rows.known().await?.iter().any(|key| key.id == id);
        if !(is_known || keyring.has(file_id(id))) {
            return Err(KeysError::Unknown { id });
        }
        let replicas = self.live_replicas().await?;
        let wrapping = replicas.iter().filter(|it| it.primary_key == id);
        let replicas: Vec<_> = wrapping.map(|replica| replica.id).collect();
        if !replicas.is_empty() {
            return Err(KeysError::PrimaryElsewhere { id, replicas });
        }
        self.keep_turn(turn).await?;
        let now = self.environment.now();
        let action = Action::KeyRetired { key: id };
        let event = Event::new(&self.environment, context, action, None);
        match self.rows.retire(id, now, &[event]).await? {
            Retired::Needed(records) => return Err(KeysError::Needed { id, records }),
            Retired::Done | Retired::Already => {}
        }
        self.keyring
            .change(|keyring| Ok::<_, KeysError>(keyring.remove(file_id(id))))?;
        Ok(())
    }

    /// The processes that serve at the moment.
    pub(super) async fn live_replicas(&self) -> Result<Vec<Replica>, KeysError> {
        let silence = Replica::SILENCE.as_micros();
        let silence = i64::try_from(silence).unwrap_or(i64::MAX);
        let now = self.environment.now().as_unix_micros();
        let since = Timestamp::from_unix_micros(now.saturating_sub(silence));
        Ok(self.replicas.heard_since(since).await?)
    }
}
