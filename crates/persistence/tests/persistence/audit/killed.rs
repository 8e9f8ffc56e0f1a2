//! A sequencer that dies anywhere leaves neither a gap nor a fork, and no event behind (L-05).

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::task::Poll;

use tokio::sync::Notify;
use wharf_domain::ports::trail::Trail as _;
use wharf_services::trail::{Memory, Round};

use super::dying::{Death, Dying};
use super::{House, LONG};
use crate::scratch::Scratch;

crate::on_both!(
    at_every_call,
    at_every_moment_of_a_round,
    while_others_wait_it_is_one_term_after_the_other,
);

/// Before each call of the database has an effect, and after it, before the sequencer hears of it.
async fn at_every_call(scratch: Scratch) {
    let house = House::on(&scratch.database);
    let mut events = 0;
    for death in [Death::Before, Death::After] {
        for last in 1.. {
            house.recorded(events + 1..=events + 3).await;
            events += 3;
            house.clock.advance(LONG);
            let died = Arc::new(Notify::new());
            let sequencer = house.sequencer_on(Arc::new(Dying {
                database: scratch.database.clone(),
                last,
                death,
                calls: AtomicU32::new(0),
                died: died.clone(),
            }));
            let mut memory = Memory::default();
            let is_whole = tokio::select! {
                round = sequencer.round(&mut memory) => {
                    assert_eq!(round.unwrap(), Round::Placed(3));
                    true
                }
                () = died.notified() => false,
            };
            house.placed().await;
            let what = format!("{death:?} call {last}");
            house.assert_complete(events, &what).await;
            if is_whole {
                // Waiting, standing, term, append and checkpoint at least.
                assert!(last > 5, "{what}");
                break;
            }
        }
    }
}

/// Wherever its future can be dropped, in the middle of a transaction too.
async fn at_every_moment_of_a_round(scratch: Scratch) {
    let house = House::on(&scratch.database);
    let mut events = 0;
    for moments in 0.. {
        house.recorded([events + 1, events + 2]).await;
        events += 2;
        house.clock.advance(LONG);
        let (sequencer, mut memory) = (house.sequencer(), Memory::default());
        let is_whole = dropped_after(moments, sequencer.round(&mut memory)).await;
        house.placed().await;
        let what = format!("after {moments} moments");
        house.assert_complete(events, &what).await;
        if is_whole {
            assert!(moments > 5, "{what}");
            break;
        }
    }
}

/// Polls a future until it has paused so often. `true` if it came to its end before.
async fn dropped_after(pauses: u32, future: impl Future) -> bool {
    let (mut future, mut left) = (pin!(future), pauses);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if left == 0 => Poll::Ready(false),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// The next begins when the term of the dead one has ended, and not before.
async fn while_others_wait_it_is_one_term_after_the_other(scratch: Scratch) {
    let house = House::on(&scratch.database);
    house.recorded([1]).await;
    // It begins a term and is never heard of again.
    let lease = std::time::Duration::from_secs(5);
    let now = super::Clock::now(&*house.clock);
    scratch.database.begin_term(now, lease).await.unwrap();

    let (sequencer, mut memory) = (house.sequencer(), Memory::default());
    assert_eq!(sequencer.round(&mut memory).await.unwrap(), Round::Idle);
    assert_eq!(house.report().await.waiting, 1);
    house.clock.advance(lease);
    let placed = sequencer.round(&mut memory).await.unwrap();
    assert_eq!(placed, Round::Placed(1));
    house.assert_complete(1, "after its term").await;
}
