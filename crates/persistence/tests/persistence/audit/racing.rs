//! Replicas that all want to place the same events while more come in (L-05).

use std::sync::Arc;

use wharf_domain::ports::trail::Trail as _;
use wharf_persistence::DatabaseOptions;
use wharf_services::trail::Memory;

use super::{House, LONG};
use crate::scratch::Scratch;

/// A test of each database, with a thread for each of those who race.
macro_rules! on_both_in_parallel {
    ($case:ident) => {
        mod sqlite {
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                super::$case(crate::scratch::Scratch::sqlite().await).await;
            }
        }
        mod postgres {
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                super::$case(crate::scratch::Scratch::postgres().await).await;
            }
        }
    };
}

on_both_in_parallel!(two_replicas_place_every_event_once);

const WRITERS: u32 = 3;
const EVENTS: u32 = 60;

/// Terms change hands all the time.
async fn two_replicas_place_every_event_once(scratch: Scratch) {
    let here = Arc::new(House::on(&scratch.database));
    // A replica has its own connections, and the installation's keys.
    let there = Arc::new(House {
        database: scratch.place.open(DatabaseOptions::default()).await,
        keyring: Arc::clone(&here.keyring),
        clock: Arc::clone(&here.clock),
        copies: Arc::clone(&here.copies),
    });
    let writers = (0..WRITERS).map(|writer| {
        let house = [&here, &there][writer as usize % 2].clone();
        let first = writer * EVENTS + 1;
        tokio::spawn(async move { house.recorded(first..first + EVENTS).await })
    });
    let writers: Vec<_> = writers.collect();
    let sequencers = [&here, &there].map(|house| {
        let house = Arc::clone(house);
        tokio::spawn(async move {
            let (sequencer, mut memory) = (house.sequencer(), Memory::default());
            let all = u64::from(WRITERS * EVENTS);
            let mut rounds = 0_u32;
            while house.database.standing().await.unwrap().head.position < all {
                // Every other round takes the lead from whoever has it.
                if rounds.is_multiple_of(2) {
                    house.clock.advance(LONG);
                    memory = Memory::default();
                }
                sequencer.round(&mut memory).await.unwrap();
                rounds += 1;
            }
            rounds
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    for sequencer in sequencers {
        assert!(sequencer.await.unwrap() > 0);
    }
    here.clock.advance(LONG);
    here.placed().await;
    here.assert_complete(WRITERS * EVENTS, "both").await;
    let terms = scratch
        .place
        .lines("SELECT CAST(term AS text) AS line FROM audit_sequencer");
    let terms: u64 = terms.await[0].parse().unwrap();
    assert!(terms > 2, "the term should have changed hands: {terms}");
}
