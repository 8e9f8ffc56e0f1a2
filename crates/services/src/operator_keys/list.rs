//! Which keys there are, were, or should be.

use std::collections::BTreeMap;

use wharf_crypto::KeyState;
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::time::Timestamp;

use super::{KeysError, OperatorKeys, row_id};

/// A key as it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub id: OperatorKeyId,
    /// What it is used for.
    pub state: ListedState,
    /// When it was made or first known.
    pub created_at: Option<Timestamp>,
    /// How many records it wrapped.
    pub records: u64,
}

/// What a key is used for, or is not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListedState {
    /// It is at hand.
    Here(KeyState),
    /// Records need it and it is not at hand.
    Missing,
    /// Nobody needs it, and it was taken out.
    Retired,
}

impl ListedState {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Here(state) => state.as_str(),
            Self::Missing => "missing",
            Self::Retired => "retired",
        }
    }

    /// Which comes first of keys that were made in the same second.
    const fn age(self) -> u8 {
        match self {
            Self::Retired => 0,
            Self::Missing => 1,
            Self::Here(KeyState::Former) => 2,
            Self::Here(KeyState::Primary) => 3,
            Self::Here(KeyState::Added) => 4,
        }
    }
}

impl OperatorKeys {
    /// All keys that are at hand, that records need, or that were known once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self) -> Result<Vec<ListedKey>, KeysError> {
        let mut listed: BTreeMap<OperatorKeyId, (ListedState, Option<Timestamp>)> = self
            .rows
            .in_use()
            .await?
            .into_iter()
            .map(|id| (id, (ListedState::Missing, None)))
            .collect();
        for key in self.rows.known().await? {
            let (_, created_at) = listed.entry(key.id).or_insert((ListedState::Retired, None));
            *created_at = Some(key.created_at);
        }
        for key in self.keyring.current().sealing_keys() {
            let created = key.created_secs.and_then(|secs| i64::try_from(secs).ok());
            let (state, created_at) = listed
                .entry(row_id(key.id))
                .or_insert((ListedState::Retired, None));
            *state = ListedState::Here(key.state);
            *created_at = created.map(Timestamp::from_unix_seconds).or(*created_at);
        }
        let mut keys = Vec::with_capacity(listed.len());
        for (id, (state, created_at)) in listed {
            keys.push(ListedKey {
                id,
                state,
                created_at,
                records: self.rows.count_wrapped_by(id).await?,
            });
        }
        keys.sort_by_key(|key| (key.created_at, key.state.age(), key.id));
        Ok(keys)
    }
}
