//! What rows tell of the operator's keys, and whose turn it is to change them.

use std::time::Duration;

use futures_util::future::join_all;

use super::Repositories;
use super::fixture::{NOW, event, user};
use crate::event::Action;
use crate::id::TurnId;
use crate::operator_key::{Holder, KnownKey, OperatorKeyId, WrappedRow};
use crate::ports::operator_keys::{Retired, Rewrapped};
use crate::time::Timestamp;
use crate::user::WrappedDataKey;

const OLD: OperatorKeyId = OperatorKeyId([0x80; 16]);
const NEW: OperatorKeyId = OperatorKeyId([0x10; 16]);
const UNUSED: OperatorKeyId = OperatorKeyId([0x44; 16]);
const LEASE: Duration = Duration::from_secs(15);

/// Bytes that look as if this key had wrapped them.
fn wrapped(key: OperatorKeyId, last: u8) -> WrappedDataKey {
    let record = [&[1, 1][..], &key.0, &[0xab; 40], &[last]];
    WrappedDataKey(record.concat())
}

fn known(id: OperatorKeyId) -> KnownKey {
    KnownKey {
        id,
        canary: vec![0, 1, 0xff],
        created_at: NOW,
        promoted_at: None,
        retired_at: None,
    }
}

fn later(secs: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(secs))
}

impl Repositories {
    /// Saves users of these numbers whose keys this one wrapped; gives the rows.
    async fn wrapped_users(
        &self,
        key: OperatorKeyId,
        numbers: impl IntoIterator<Item = u8>,
    ) -> Vec<WrappedRow> {
        let mut rows = Vec::new();
        for number in numbers {
            let (user, wrapped) = (user(number.into()), wrapped(key, number));
            let inserted = self.users.insert(&user, None, &wrapped, &[]).await;
            inserted.unwrap();
            rows.push(WrappedRow {
                holder: Holder::User(user.id),
                wrapped,
            });
        }
        rows
    }

    async fn rows_of(&self, key: OperatorKeyId) -> Vec<WrappedRow> {
        self.operator_keys
            .wrapped_by(key, None, 1000)
            .await
            .unwrap()
    }
}

/// A key is in use as long as a row names it, and rows are found by it page by page.
pub async fn rows_are_found_by_the_key_that_wrapped_them(repositories: &Repositories) {
    let keys = &repositories.operator_keys;
    assert_eq!(keys.in_use().await.unwrap(), []);

    let old = repositories.wrapped_users(OLD, 1..=5).await;
    let new = repositories.wrapped_users(NEW, 6..=7).await;
    // One whose key is no record.
    let (odd, no_record) = (user(8), WrappedDataKey(vec![1, 1, 9]));
    let inserted = repositories.users.insert(&odd, None, &no_record, &[]);
    inserted.await.unwrap();

    assert_eq!(keys.in_use().await.unwrap(), [NEW, OLD]);
    assert_eq!(keys.count_wrapped_by(OLD).await.unwrap(), 5);
    assert_eq!(keys.count_wrapped_by(NEW).await.unwrap(), 2);
    assert_eq!(keys.count_wrapped_by(UNUSED).await.unwrap(), 0);
    assert_eq!(repositories.rows_of(NEW).await, new);
    assert_eq!(repositories.rows_of(UNUSED).await, []);

    let first = keys.wrapped_by(OLD, None, 2).await.unwrap();
    assert_eq!(first, old[..2]);
    let behind = Some(first[1].holder);
    assert_eq!(keys.wrapped_by(OLD, behind, 2).await.unwrap(), old[2..4]);
    let behind = Some(old[4].holder);
    assert_eq!(keys.wrapped_by(OLD, behind, 2).await.unwrap(), []);
}

/// A row is wrapped anew only as it was read; another's is left alone, whatever happened to it.
pub async fn a_row_is_rewrapped_as_it_was_read_or_not_at_all(repositories: &Repositories) {
    let keys = &repositories.operator_keys;
    let old = repositories.wrapped_users(OLD, 1..=3).await;
    let rewrapped = |row: &WrappedRow, last| Rewrapped {
        before: row.clone(),
        wrapped: wrapped(NEW, last),
    };
    let mut stale = rewrapped(&old[1], 12);
    stale.before.wrapped = wrapped(OLD, 99);
    let mut gone = rewrapped(&old[1], 13);
    gone.before.holder = Holder::User(user(77).id);

    let batch = [rewrapped(&old[0], 11), stale, gone, rewrapped(&old[2], 14)];
    assert_eq!(keys.rewrap(&batch).await.unwrap(), 2);
    assert_eq!(keys.rewrap(&batch).await.unwrap(), 0, "it is done");
    assert_eq!(keys.rewrap(&[]).await.unwrap(), 0);

    assert_eq!(repositories.rows_of(OLD).await, old[1..2]);
    let new: Vec<_> = repositories.rows_of(NEW).await;
    assert_eq!(
        new.iter()
            .map(|row| row.wrapped.clone())
            .collect::<Vec<_>>(),
        [wrapped(NEW, 11), wrapped(NEW, 14)]
    );
    let Holder::User(first) = old[0].holder else {
        panic!("{old:?}")
    };
    let found = repositories.data_keys.data_key(first).await;
    assert_eq!(found.unwrap(), Some(wrapped(NEW, 11)));
}

/// Of all who rewrap the same rows at once, each row is changed by one.
pub async fn racing_rewraps_change_each_row_once(repositories: &Repositories) {
    let old = repositories.wrapped_users(OLD, 1..=20).await;
    let batches: Vec<Vec<Rewrapped>> = (0..4)
        .map(|number| {
            let rewrapped = |row: &WrappedRow| Rewrapped {
                before: row.clone(),
                wrapped: wrapped(NEW, 100 + number),
            };
            old.iter().map(rewrapped).collect()
        })
        .collect();
    let keys = &repositories.operator_keys;
    let racing = batches.iter().map(|batch| keys.rewrap(batch));
    let changed: u64 = join_all(racing).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(changed, 20);
    assert_eq!(repositories.rows_of(NEW).await.len(), 20);
}

/// What is remembered of a key is remembered once, and changes with its events.
pub async fn a_key_is_remembered_promoted_and_retired_once(repositories: &Repositories) {
    let keys = &repositories.operator_keys;
    let promoted = [event(Action::KeyRotated { key: OLD })];
    assert!(!keys.promoted(OLD, NOW, &promoted).await.unwrap());

    keys.remember(&known(OLD)).await.unwrap();
    keys.remember(&known(NEW)).await.unwrap();
    let other = KnownKey {
        canary: vec![9],
        ..known(OLD)
    };
    keys.remember(&other).await.unwrap();
    assert_eq!(keys.known().await.unwrap(), [known(NEW), known(OLD)]);

    assert!(keys.promoted(OLD, later(1), &promoted).await.unwrap());
    assert!(!keys.promoted(OLD, later(2), &promoted).await.unwrap());
    let retired = [event(Action::KeyRetired { key: OLD })];
    repositories.wrapped_users(OLD, 1..=2).await;
    let needed = keys.retire(OLD, later(3), &retired).await.unwrap();
    assert_eq!(needed, Retired::Needed(2));
    let rows = repositories.rows_of(OLD).await;
    let rewrapped: Vec<_> = rows
        .into_iter()
        .map(|before| Rewrapped {
            before,
            wrapped: wrapped(NEW, 1),
        })
        .collect();
    keys.rewrap(&rewrapped).await.unwrap();
    assert_eq!(
        keys.retire(OLD, later(4), &retired).await.unwrap(),
        Retired::Done
    );
    let again = keys.retire(OLD, later(5), &retired).await.unwrap();
    assert_eq!(again, Retired::Already);

    let expected = KnownKey {
        promoted_at: Some(later(1)),
        retired_at: Some(later(4)),
        ..known(OLD)
    };
    assert_eq!(keys.known().await.unwrap(), [known(NEW), expected]);
    assert_eq!(
        repositories.saved.names().await,
        ["key.rotated", "key.retired"]
    );
}

/// One at a time has the turn; it is kept by who has it, and free when it is over or absurd.
pub async fn the_turn_is_one_s_until_it_is_over(repositories: &Repositories) {
    let keys = &repositories.operator_keys;
    let turn = |number| TurnId::from_bytes([number; 16]);
    let racing = (1..=4).map(|number| keys.take_turn(turn(number), NOW, LEASE));
    let taken: Vec<bool> = join_all(racing)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(taken.iter().filter(|is_taken| **is_taken).count(), 1);
    let winner = taken.iter().position(|is_taken| *is_taken).unwrap();
    let (mine, theirs) = (turn(u8::try_from(winner).unwrap() + 1), turn(9));

    assert!(!keys.take_turn(theirs, later(14), LEASE).await.unwrap());
    assert!(keys.take_turn(mine, later(14), LEASE).await.unwrap());
    assert!(!keys.take_turn(theirs, later(28), LEASE).await.unwrap());
    keys.end_turn(theirs).await.unwrap();
    assert!(!keys.take_turn(theirs, later(28), LEASE).await.unwrap());
    // It is over, and whoever had it has lost it.
    assert!(keys.take_turn(theirs, later(29), LEASE).await.unwrap());
    assert!(!keys.take_turn(mine, later(30), LEASE).await.unwrap());
    // A clock that is an hour ahead keeps nobody out.
    assert!(keys.take_turn(theirs, later(3600), LEASE).await.unwrap());
    assert!(keys.take_turn(mine, later(31), LEASE).await.unwrap());
    keys.end_turn(mine).await.unwrap();
    assert!(keys.take_turn(theirs, later(31), LEASE).await.unwrap());
}
