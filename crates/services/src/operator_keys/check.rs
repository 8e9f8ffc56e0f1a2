//! Whether the keys at hand are those that the database needs (K-07). It is asked before anything is served.

use wharf_crypto::Keyring;
use wharf_domain::operator_key::{KnownKey, OperatorKeyId};

use super::{KeysError, OperatorKeys, file_id, row_id};
use crate::vault::holder_context;

/// How many rows are tried where no canary tells whether a key is the right one: some may be damaged.
const SAMPLE: usize = 16;

impl OperatorKeys {
    /// Checks that every key is at hand that a row was wrapped by, and that each is still the one it was.
    /// What is used for the first time is remembered from now on.
    ///
    /// # Errors
    /// [`KeysError::Missing`] or [`KeysError::WrongKey`], or if the database fails.
    pub async fn check(&self) -> Result<(), KeysError> {
        let keyring = self.keyring.current();
        let in_use = self.rows.in_use().await?;
        let missing = in_use.iter().filter(|id| !keyring.has(file_id(**id)));
        let ids: Vec<OperatorKeyId> = missing.copied().collect();
        if !ids.is_empty() {
            let place = self.keyring.place();
            return Err(KeysError::Missing { place, ids });
        }
        let known = self.rows.known().await?;
        for key in &known {
            let is_here = keyring.has(file_id(key.id));
            if is_here && keyring.check_canary(&key.canary).is_err() {
                return Err(self.wrong(key.id));
            }
        }
        let is_new = |id: &OperatorKeyId| known.iter().all(|key| key.id != *id);
        for id in in_use.into_iter().filter(is_new) {
            self.try_on_rows(&keyring, id).await?;
            self.remember(&keyring, id, true).await?;
        }
        let primary = row_id(keyring.primary_id());
        if is_new(&primary) {
            self.remember(&keyring, primary, true).await?;
        }
        Ok(())
    }

    /// Remembers a key, and that it shows itself to be the same.
    pub(super) async fn remember(
        &self,
        keyring: &Keyring,
        id: OperatorKeyId,
        is_promoted: bool,
    ) -> Result<(), KeysError> {
        let Some(canary) = keyring.seal_canary(file_id(id))? else {
            return Err(KeysError::Unknown { id });
        };
        let now = self.environment.now();
        let key = KnownKey {
            id,
            canary,
            created_at: now,
            promoted_at: is_promoted.then_some(now),
            retired_at: None,
        };
        Ok(self.rows.remember(&key).await?)
    }

    /// Rows from before keys were remembered tell themselves whether this is their key.
    async fn try_on_rows(&self, keyring: &Keyring, id: OperatorKeyId) -> Result<(), KeysError> {
        let rows = self.rows.wrapped_by(id, None, SAMPLE).await?;
        let opens = rows.iter().any(|row| {
            let context = holder_context(row.holder);
            keyring.unwrap_key(&context, &row.wrapped.0).is_ok()
        });
        // They may all have gone meanwhile.
        if opens || rows.is_empty() {
            Ok(())
        } else {
            Err(self.wrong(id))
        }
    }

    fn wrong(&self, id: OperatorKeyId) -> KeysError {
        let place = self.keyring.place();
        KeysError::WrongKey { place, id }
    }
}
