//! A client that hangs up: the future of its change is dropped at any point.
//!
//! These tests run on single-threaded runtimes, like the HTTP server's workers.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use wharf_domain::context::{Actor, RequestId};
use wharf_domain::event::{Action, Event};
use wharf_domain::id::EventId;
use wharf_domain::ports::users::Users;
use wharf_domain::user::StoragePlace;
use wharf_persistence::DatabaseOptions;

use crate::scratch::Scratch;

crate::on_both!(
    a_change_is_dropped_at_any_point,
    a_query_is_dropped_at_any_point,
);

/// The future's output, or `None` if it was dropped after having been polled so many times.
async fn drop_after<F: Future>(polls: u32, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

fn event(number: u32) -> Event {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    Event {
        id: EventId::from_bytes(id),
        at: wharf_domain::time::Timestamp::from_unix_seconds(0),
        actor: Actor::Operator,
        request: RequestId([0; 16]),
        client: None,
        action: Action::StorageDefaultChanged,
        resource: None,
    }
}

/// Neither half a change, nor a lock, nor an open transaction is left, wherever it was dropped: the
/// next change of the same row goes through on the only connection that the pool has.
async fn a_change_is_dropped_at_any_point(scratch: Scratch) {
    let anna = scratch.with_user().await.id;
    let database = scratch
        .place
        .open(DatabaseOptions { max_connections: 1 })
        .await;
    let mut finished = 0;
    for polls in 0.. {
        let events = [event(2 * polls)];
        let change = database.set_default_storage(anna, StoragePlace::House, &events);
        let ended = drop_after(polls, change).await;

        let events = [event(2 * polls + 1)];
        let next = database.set_default_storage(anna, StoragePlace::House, &events);
        assert!(next.await.unwrap(), "after {polls} polls");
        if let Some(changed) = ended {
            assert!(changed.unwrap());
            finished += 1;
        }
        // How many polls a change takes varies a little, so some are left to finish.
        if finished == 3 {
            assert!(polls > 3, "the change was never dropped midway");
            break;
        }
    }
}

async fn a_query_is_dropped_at_any_point(scratch: Scratch) {
    let anna = scratch.with_user().await;
    let database = scratch
        .place
        .open(DatabaseOptions { max_connections: 1 })
        .await;
    for polls in 0.. {
        let ended = drop_after(polls, database.find(anna.id)).await;
        let found = database.find(anna.id).await;
        assert_eq!(found.unwrap().as_ref(), Some(&anna), "after {polls} polls");
        if ended.is_some() {
            assert!(polls > 1, "the query was never dropped midway");
            break;
        }
    }
}
