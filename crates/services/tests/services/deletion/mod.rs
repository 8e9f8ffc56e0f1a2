//! A deletion and whatever else is under way, in every order: a refresh, a consent and an upload, each of
//! which has reached its provider when the account is deleted, and ends before or after.
//!
//! The rows are those of a real database; the provider and time are simulated.

mod cloud;
mod storage;
mod world;

use std::future::Future;
use std::pin::Pin;

use self::world::World;

/// What may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// The account is deleted.
    Delete,
    /// The provider's answer to a refresh arrives.
    Refreshed,
    /// The tokens for a code arrive.
    Redeemed,
    /// The storage has taken an upload.
    Stored,
}

const TURNS: [Turn; 4] = [Turn::Delete, Turn::Refreshed, Turn::Redeemed, Turn::Stored];

/// Every order of these turns.
fn orders(turns: &[Turn]) -> Vec<Vec<Turn>> {
    if turns.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in turns {
        let rest: Vec<_> = turns.iter().copied().filter(|it| it != first).collect();
        for mut order in orders(&rest) {
            order.insert(0, *first);
            all.push(order);
        }
    }
    all
}

/// Runs one order. A worker clears up all along, or begins when everything has happened.
async fn run(order: &[Turn], works_all_along: bool, takes_effect_early: bool) {
    let told =
        format!("{order:?}, worker all along: {works_all_along}, early: {takes_effect_early}");
    let world = World::start(takes_effect_early).await;
    let mut worker = works_all_along.then(|| world.work());
    let mut refreshing = Some(world.refresh());
    let mut consenting = Some(world.consent().await);
    let mut uploading = Some(world.upload());
    world.until_all_are_under_way().await;
    for turn in order {
        match turn {
            Turn::Delete => world.delete().await,
            Turn::Refreshed => end(&world.cloud.refreshed, &mut refreshing).await,
            Turn::Redeemed => end(&world.cloud.redeemed, &mut consenting).await,
            Turn::Stored => end(&world.cloud.stored, &mut uploading).await,
        }
    }
    let worker = worker.take().unwrap_or_else(|| world.work());
    world.until_erased(&told).await;
    worker.abort();
    world.check(&told).await;
}

type Doing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Lets what waits at the gate go on, to its end.
async fn end(gate: &cloud::Gate, doing: &mut Option<tokio::task::JoinHandle<()>>) {
    gate.open();
    if let Some(doing) = doing.take() {
        doing.await.unwrap();
    }
}

fn begin(doing: Doing) -> tokio::task::JoinHandle<()> {
    tokio::spawn(doing)
}

//
#[tokio::test(start_paused = true)]
async fn a_deletion_beats_whatever_is_under_way() {
    let orders = orders(&TURNS);
    assert_eq!(orders.len(), 24);
    for order in &orders {
        for works_all_along in [false, true] {
            for takes_effect_early in [false, true] {
                run(order, works_all_along, takes_effect_early).await;
            }
        }
    }
}
