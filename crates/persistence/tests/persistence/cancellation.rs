//! A client that hangs up: the future of its change is dropped at any point.
//!
//! These tests run on single-threaded runtimes, like the HTTP server's workers.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use futures_util::future::join;
use wharf_domain::event::Action;
use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::documents::Documents;
use wharf_domain::ports::users::Users;
use wharf_domain::user::StoragePlace;
use wharf_persistence::DatabaseOptions;

use crate::fixture::{document, event};
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

/// Neither half a change, nor a lock, nor an open transaction is left, wherever it was dropped. With
/// one connection the next change is lent the same one, with two it needs what the other has locked.
async fn a_change_is_dropped_at_any_point(scratch: Scratch) {
    let anna = scratch.with_user().await.id;
    let cloud = scratch.with_connection(anna).await;
    for max_connections in [1, 2] {
        let options = DatabaseOptions { max_connections };
        let database = scratch.place.open(options).await;
        let (_, _) = join(database.ping(), database.ping()).await;

        // How many polls a change takes is up to the database, so both kinds are counted.
        let (mut finished, mut dropped_midway) = (0, 0);
        for round in 0.. {
            let polls = round % 16;
            let number = 100_000 * u32::try_from(max_connections).unwrap() + round;
            let stored = [event(number, Action::DocumentStored { size_bytes: 1 })];
            let document = document(number, anna, StoragePlace::Connection(cloud.id));
            let change = Documents::insert(&database, &document, &stored);
            match drop_after(polls, change).await {
                Some(inserted) => finished += u32::from(inserted.unwrap()),
                None => dropped_midway += u32::from(polls > 0),
            }
            let next = database.set_status(anna, cloud.id, 1, cloud.status, &[]);
            assert!(next.await.unwrap(), "after {polls} polls");
            if finished >= 8 && dropped_midway >= 8 {
                break;
            }
        }
    }
    let documents = "SELECT CAST(count(*) AS text) AS line FROM documents";
    let events = "SELECT CAST(count(*) AS text) AS line FROM audit_events";
    assert_eq!(
        scratch.place.lines(documents).await,
        scratch.place.lines(events).await
    );
}

async fn a_query_is_dropped_at_any_point(scratch: Scratch) {
    let anna = scratch.with_user().await;
    let options = DatabaseOptions { max_connections: 1 };
    let database = scratch.place.open(options).await;
    for polls in 0.. {
        let ended = drop_after(polls, Users::find(&database, anna.id)).await;
        let found = Users::find(&database, anna.id).await;
        assert_eq!(found.unwrap().as_ref(), Some(&anna), "after {polls} polls");
        if ended.is_some() {
            break;
        }
    }
}
