//! Steps that changes leave behind.

use std::time::Duration;

use futures_util::future::join_all;

use super::Repositories;
use super::fixture::{NOW, event, step, step_id};
use crate::connection::AccountKey;
use crate::event::Action;
use crate::id::StepId;
use crate::ports::outbox::{Claim, Outbox};
use crate::provider::Provider;
use crate::step::{SealedPayload, Step};
use crate::time::Timestamp;

const LEASE: Duration = Duration::from_secs(30);

async fn claim(outbox: &dyn Outbox, now: Timestamp, limit: usize) -> Vec<Step> {
    outbox.claim(now, now.plus(LEASE), limit).await.unwrap()
}

fn ids(steps: &[Step]) -> Vec<StepId> {
    steps.iter().map(|step| step.id).collect()
}

/// Whoever claims a step gets all of it, with one attempt more and the end of the lease.
pub async fn a_step_comes_back_as_it_was(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let mut odd = step(anna, 1);
    odd.payload = SealedPayload((0..=255).collect());
    repositories.outbox.add(&odd).await.unwrap();

    let claimed = claim(&*repositories.outbox, NOW, 10).await;
    odd.attempts = 1;
    odd.due_at = NOW.plus(LEASE);
    assert_eq!(claimed, [odd]);
}

/// Not before, and the longest due first, so many as were asked for.
pub async fn steps_are_claimed_when_they_are_due(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    for (number, seconds) in [(1, 3), (2, 1), (3, 2)] {
        let mut later = step(anna, number);
        later.due_at = NOW.plus(Duration::from_secs(seconds));
        repositories.outbox.add(&later).await.unwrap();
    }
    let outbox = &*repositories.outbox;
    assert_eq!(claim(outbox, NOW, 10).await, []);
    let at = |seconds| NOW.plus(Duration::from_secs(seconds));
    let one = claim(outbox, at(3), 1).await;
    assert_eq!(ids(&one), [step_id(2)]);
    let others = claim(outbox, at(3), 10).await;
    assert_eq!(ids(&others), [step_id(3), step_id(1)]);
}

/// Until the lease is over; then it is anybody's.
pub async fn a_claimed_step_is_nobody_else_s_until_its_lease_ends(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.outbox.add(&step(anna, 1)).await.unwrap();
    let outbox = &*repositories.outbox;
    assert_eq!(claim(outbox, NOW, 10).await.len(), 1);
    assert_eq!(claim(outbox, NOW, 10).await, []);
    let again = claim(outbox, NOW.plus(LEASE), 10).await;
    assert_eq!(again.iter().map(|step| step.attempts).sum::<u32>(), 2);
}

/// A done step is gone for good.
pub async fn a_completed_step_is_gone(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.outbox.add(&step(anna, 1)).await.unwrap();
    let outbox = &*repositories.outbox;
    let held = Claim::from(&claim(outbox, NOW, 1).await[0]);
    assert!(outbox.complete(held).await.unwrap());
    assert!(!outbox.complete(held).await.unwrap());
    assert_eq!(claim(outbox, NOW.plus(LEASE * 9), 10).await, []);
}

/// A postponed step is due then and not before.
pub async fn a_postponed_step_is_tried_again(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.outbox.add(&step(anna, 1)).await.unwrap();
    let outbox = &*repositories.outbox;
    let held = Claim::from(&claim(outbox, NOW, 1).await[0]);
    let later = NOW.plus(Duration::from_secs(1));
    assert!(outbox.postpone(held, later).await.unwrap());
    assert_eq!(claim(outbox, NOW, 10).await, []);
    assert_eq!(ids(&claim(outbox, later, 10).await), [step_id(1)]);
}

/// A buried step is never due again.
pub async fn a_buried_step_stays_buried(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.outbox.add(&step(anna, 1)).await.unwrap();
    let outbox = &*repositories.outbox;
    let held = Claim::from(&claim(outbox, NOW, 1).await[0]);
    assert!(outbox.bury(held, NOW).await.unwrap());
    assert_eq!(claim(outbox, NOW.plus(LEASE * 9), 10).await, []);
    assert!(!outbox.complete(held).await.unwrap());
    assert!(!outbox.postpone(held, NOW).await.unwrap());
}

/// Whoever was paused beyond the lease has no say any more.
pub async fn a_claim_that_is_over_changes_nothing(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.outbox.add(&step(anna, 1)).await.unwrap();
    let outbox = &*repositories.outbox;
    let stale = Claim::from(&claim(outbox, NOW, 1).await[0]);
    let held = Claim::from(&claim(outbox, NOW.plus(LEASE), 1).await[0]);
    assert!(!outbox.complete(stale).await.unwrap());
    assert!(!outbox.postpone(stale, NOW).await.unwrap());
    assert!(!outbox.bury(stale, NOW).await.unwrap());
    assert!(outbox.complete(held).await.unwrap());
}

/// Of many who claim at the same time, each gets steps of its own.
pub async fn racing_claims_share_no_step(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    for number in 1..=20 {
        repositories.outbox.add(&step(anna, number)).await.unwrap();
    }
    let rivals = (0..6).map(async |_| claim(&*repositories.outbox, NOW, 5).await);
    let mut claimed: Vec<_> = join_all(rivals).await.concat();
    claimed.extend(claim(&*repositories.outbox, NOW, 20).await);
    assert_eq!(claimed.len(), 20);
    claimed.sort_by_key(|step| step.id);
    claimed.dedup_by_key(|step| step.id);
    assert_eq!(claimed.len(), 20, "a step was claimed twice");
}

/// The step is there if the connection was ended, and not otherwise (K-08, R-02).
pub async fn a_disconnect_leaves_its_steps_behind_or_none(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let connections = &repositories.connections;
    let left_behind = [step(anna, 1)];
    let provider = Provider::Webdav;
    let ended = [event(Action::CloudDisconnected { provider })];

    let stale = connections.disconnect(anna, cloud.id, 7, &left_behind, &ended);
    assert_eq!(stale.await.unwrap(), None);
    assert_eq!(claim(&*repositories.outbox, NOW, 10).await, []);
    assert!(!repositories.stored(&cloud).await.is_disconnected());

    let version = cloud.credential_version;
    let left = connections.disconnect(anna, cloud.id, version, &left_behind, &ended);
    assert!(left.await.unwrap().is_some());
    let claimed = claim(&*repositories.outbox, NOW, 10).await;
    assert_eq!(ids(&claimed), [step_id(1)]);
}

/// An account is live as long as anybody's connection to it is.
pub async fn an_account_is_live_whoever_connected_it(repositories: &Repositories) {
    let connections = &repositories.connections;
    let (anna, ben) = (
        repositories.with_user(1).await,
        repositories.with_user(2).await,
    );
    let annas = repositories.with_connection(anna, 1).await;
    let mut bens = super::fixture::connection(ben, 2);
    bens.account = annas.account.clone();
    connections.insert(&bens, &[]).await.unwrap();
    let is_live = async |provider, account: &AccountKey| {
        let asked = connections.is_account_live(provider, account).await;
        asked.unwrap()
    };

    let other = AccountKey("other".to_owned());
    assert!(!is_live(Provider::Webdav, &other).await);
    assert!(!is_live(Provider::GoogleDrive, &annas.account).await);
    for cloud in [&annas, &bens] {
        assert!(is_live(Provider::Webdav, &annas.account).await);
        let ended = connections.disconnect(cloud.owner, cloud.id, 1, &[], &[]);
        assert!(ended.await.unwrap().is_some());
    }
    assert!(!is_live(Provider::Webdav, &annas.account).await);
}
