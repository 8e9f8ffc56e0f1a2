//! A Drive in trouble, and many who ask it for something all the same.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tempfile::TempDir;
use wharf_domain::ports::storage::{StorageBackend, StorageErrorKind};
use wharf_sandbox::{Fault, FaultRule, Sandbox};

use super::{access_token, open_in, uploading};
use crate::support::registry_within;

/// How many accounts there are.
const ACCOUNTS: usize = 60;

/// How many calls may be made again at a host before any other has earned it.
const RESERVE: usize = 10;

/// A Drive that answers a share of all requests with 503.
fn unavailable(share: f64) -> FaultRule {
    let fault = Fault::Answer {
        status: 503,
        error: None,
        retry_after: None,
        after_effect: false,
    };
    FaultRule::on("GET /drive/v3/*", fault).probability(share)
}

/// Many accounts of one Drive in one process.
async fn accounts(sandbox: &Sandbox) -> Vec<Arc<dyn StorageBackend>> {
    let house = TempDir::new().unwrap();
    let patience = Duration::from_secs(20);
    let registry = uploading(registry_within(house.path(), patience), sandbox);
    let mut accounts = Vec::new();
    for _ in 0..ACCOUNTS {
        let token = access_token(sandbox).await;
        accounts.push(open_in(&registry, sandbox, &token));
    }
    accounts
}

/// What comes of so many calls at once, and how many requests there were.
async fn storm(
    sandbox: &Sandbox,
    accounts: &[Arc<dyn StorageBackend>],
    calls: usize,
) -> (Vec<Result<(), StorageErrorKind>>, usize) {
    let before = sandbox.requests().len();
    let calls = accounts.iter().cycle().take(calls);
    let outcomes = join_all(calls.map(|account| async {
        let probed = account.probe().await;
        probed.map(drop).map_err(|error| error.kind)
    }));
    let outcomes = outcomes.await;
    (outcomes, sandbox.requests().len() - before)
}

/// Lets time pass in which nobody asks for anything.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

//
#[tokio::test]
async fn a_drive_that_is_down_is_asked_no_more_than_it_would_be_and_soon_asked_again() {
    const CALLS: usize = 2 * ACCOUNTS;
    let sandbox = Sandbox::start();
    let accounts = accounts(&sandbox).await;
    sandbox.inject(unavailable(1.0));
    let refused = vec![Err(StorageErrorKind::Unavailable); CALLS];
    let (outcomes, requests) = storm(&sandbox, &accounts, CALLS).await;
    assert_eq!(outcomes, refused);
    assert!(requests > 0 && requests * 10 <= CALLS * 11, "{requests}");
    // By then it is known, and told without asking.
    let known = storm(&sandbox, &accounts, CALLS).await;
    assert_eq!(known, (refused.clone(), 0));
    // A single call finds out that it is not over.
    pass(Duration::from_secs(5)).await;
    let found_out = storm(&sandbox, &accounts, CALLS).await;
    assert_eq!(found_out, (refused, 1));

    sandbox.behave();
    pass(Duration::from_secs(30)).await;
    for account in &accounts {
        assert!(account.probe().await.is_ok());
    }
    let after = storm(&sandbox, &accounts, CALLS).await;
    assert_eq!(after, (vec![Ok(()); CALLS], CALLS));
}

// a storage that answers now and then gets no rest, and no more than a tenth on top either.
#[tokio::test]
async fn a_drive_in_some_trouble_is_asked_again_for_a_tenth_of_all_calls() {
    let sandbox = Sandbox::start();
    let accounts = accounts(&sandbox).await;
    sandbox.inject(unavailable(0.3));
    let (mut calls, mut requests, mut well) = (0, 0, 0);
    // So few of each account that none of them gets a rest.
    for some in accounts.chunks(ACCOUNTS / 3) {
        let (outcomes, asked) = storm(&sandbox, some, some.len() * 4).await;
        calls += outcomes.len();
        requests += asked;
        well += outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    }
    assert!(requests > calls + RESERVE, "{requests} for {calls}");
    assert!(requests * 10 <= calls * 11 + RESERVE * 10, "{requests}");
    assert!(well > calls / 2, "{well} of {calls}");
}
