//! A key takes the place of another while nobody is watching, and while servers have to be waited for.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use wharf_crypto::KeyState;
use wharf_domain::ports::operator_keys::OperatorKeys as _;
use wharf_services::operator_keys::{KeysError, ListedState, Progress};

use super::check::SPOIL;
use super::{PATIENCE, Scratch, World, context, rotate};
use crate::on_both;

// K-06
async fn everything_is_wrapped_by_the_new_key_and_opens(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..450).await;
    let sealed = world.sealed(7).await;
    let old = world.primary();
    world.advance(60);
    let mut seen = Vec::new();

    let keys = world.keys();
    let rotated = keys
        .rotate(&context(), PATIENCE, &mut |progress| seen.push(progress))
        .await
        .unwrap();

    let new = world.primary();
    assert_ne!(new, old);
    assert_eq!((rotated.key, rotated.rewrapped), (new, 450));
    assert!(!rotated.resumed);
    assert_eq!((world.count(old).await, world.count(new).await), (0, 450));
    assert_eq!(
        world.states(),
        [(new, KeyState::Primary), (old, KeyState::Former)]
    );
    assert!(world.opens(7, &sealed).await);
    let event = format!("key.rotated {{\"key\":\"{new}\"}}");
    assert_eq!(world.trail().await, [event]);
    assert_eq!(seen[..2], [Progress::Added(new), Progress::Promoted(new)]);
    let (done, total) = (450, 450);
    assert_eq!(seen.last(), Some(&Progress::Rewrapping { done, total }));
    let listed: Vec<_> = keys.list().await.unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|it| (it.id, it.state, it.records))
        .collect();
    assert_eq!(
        listed,
        [
            (old, ListedState::Here(KeyState::Former), 0),
            (new, ListedState::Here(KeyState::Primary), 450),
        ]
    );

    // Another rotation is another key.
    let again = rotate(&keys).await.unwrap();
    assert_ne!(again.key, new);
    assert_eq!((again.rewrapped, again.resumed), (450, false));
    assert_eq!(world.trail().await.len(), 2);
}

/// Destroys the keys of twenty users.
const DESTROY: &str = "DELETE FROM user_keys WHERE user_id IN \
     (SELECT user_id FROM user_keys ORDER BY user_id LIMIT 20)";

async fn users_that_come_and_go_meanwhile_are_neither_lost_nor_brought_back(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..300).await;
    let world = Arc::new(world);
    let coming = {
        let world = Arc::clone(&world);
        async move { world.with_users(300..330).await }
    };
    // On a thread of its own: on SQLite it waits for its turn by sleeping.
    let going = {
        let (world, runtime) = (Arc::clone(&world), Handle::current());
        spawn_blocking(move || runtime.block_on(world.scratch.place.run(DESTROY)))
    };
    let keys = world.keys();
    let (rotated, (), gone) = tokio::join!(rotate(&keys), coming, going);
    gone.unwrap();
    let new = rotated.unwrap().key;
    // Those who came by a key that was not the primary one any more are found the next time.
    let others: u64 = {
        let mut others = 0;
        for (id, state) in world.states() {
            if state == KeyState::Former {
                others += world.count(id).await;
            }
        }
        others
    };
    assert_eq!(world.count(new).await + others, 310);
    if others > 0 {
        let finished = rotate(&keys).await.unwrap();
        assert_eq!((finished.key, finished.resumed), (new, true));
    }
    assert_eq!(world.count(new).await, 310);
}

// A damaged row stays as it is, and keeps nobody from rotating.
async fn a_damaged_record_is_left_as_it_is(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..5).await;
    world.scratch.place.run(SPOIL).await;
    let old = world.primary();
    let keys = world.keys();

    let first = rotate(&keys).await.unwrap();
    assert_eq!((first.rewrapped, first.damaged), (4, 1));
    assert_eq!(world.count(old).await, 1);
    let second = rotate(&keys).await.unwrap();
    assert_ne!(second.key, first.key);
    assert_eq!((second.rewrapped, second.damaged), (4, 1));
}

async fn a_server_without_the_key_is_waited_for(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..2).await;
    let old = world.primary();
    world.serve(1, &[old]).await;
    let keys = world.keys();

    let error = rotate(&keys).await.unwrap_err();
    let KeysError::NotEverywhere { key, replicas } = error else {
        panic!("{error}")
    };
    assert_eq!(replicas.len(), 1);
    assert_eq!(
        world.states(),
        [(old, KeyState::Primary), (key, KeyState::Added)],
        "nothing is promoted that a server lacks"
    );
    assert!(world.trail().await.is_empty());

    // It has the key now, but not as the primary one.
    world.serve(1, &[old, key]).await;
    let error = rotate(&keys).await.unwrap_err();
    assert!(matches!(error, KeysError::NotEverywhere { .. }), "{error}");
    assert_eq!(world.primary(), key);
    world.serve(1, &[key, old]).await;
    let rotated = rotate(&keys).await.unwrap();
    assert_eq!((rotated.key, rotated.resumed), (key, true));
    assert_eq!(world.count(old).await, 0);
    assert_eq!(world.trail().await.len(), 1);
}

// Whoever died without a word is not waited for once it was silent for long.
async fn a_silent_server_is_not_waited_for(scratch: Scratch) {
    let world = World::of(scratch);
    let old = world.primary();
    world.serve(1, &[old]).await;
    world.advance(31);
    assert!(rotate(&world.keys()).await.is_ok());
}

async fn of_two_operators_one_is_refused(scratch: Scratch) {
    let world = World::of(scratch);
    let old = world.primary();
    world.serve(1, &[old]).await;
    let (one, other) = (world.keys(), world.keys());
    let rotating = rotate(&one);
    let late = async {
        tokio::time::sleep(PATIENCE / 4).await;
        rotate(&other).await
    };
    let (first, second) = tokio::join!(rotating, late);
    assert!(matches!(first, Err(KeysError::NotEverywhere { .. })));
    let error = second.unwrap_err();
    assert!(matches!(error, KeysError::Busy { .. }), "{error}");
    let retired = other.retire(&context(), old).await.unwrap_err();
    assert!(matches!(retired, KeysError::IsPrimary { .. }), "it is free");
    assert_eq!(world.states().len(), 2, "one key was added");
}

// Whoever was stopped for long has lost the turn, and does nothing more.
async fn a_turn_that_was_lost_is_noticed(scratch: Scratch) {
    let world = World::of(scratch);
    let old = world.primary();
    world.serve(1, &[old]).await;
    let (one, other) = (world.keys(), world.keys());
    let losing = async {
        tokio::time::sleep(PATIENCE / 4).await;
        world.advance(16);
        world.serve(1, &[old]).await;
        rotate(&other).await
    };
    let (first, second) = tokio::join!(rotate(&one), losing);
    assert!(matches!(first, Err(KeysError::TurnLost)), "{first:?}");
    assert!(matches!(second, Err(KeysError::NotEverywhere { .. })));
    assert_eq!(world.primary(), old);
    assert_eq!(world.scratch.database.known().await.unwrap().len(), 2);
}

on_both!(
    everything_is_wrapped_by_the_new_key_and_opens,
    users_that_come_and_go_meanwhile_are_neither_lost_nor_brought_back,
    a_damaged_record_is_left_as_it_is,
    a_server_without_the_key_is_waited_for,
    a_silent_server_is_not_waited_for,
    of_two_operators_one_is_refused,
    a_turn_that_was_lost_is_noticed,
);
