//! Several servers that need the same token at the same time, and one that sleeps.

use futures_util::future::join_all;
use tokio::task::JoinHandle;
use wharf_sandbox::FaultRule;

use crate::support::consent::{GOOGLE, MICROSOFT};
use crate::support::environment;
use crate::support::redis::Redis;
use crate::support::replicas::{Replicas, TOKEN, slow};

#[tokio::test]
async fn two_hundred_callers_on_three_servers_make_one_refresh_with_redis() {
    let redis = environment::redis_url();
    shared(Replicas::at_expiry(3, GOOGLE, Some(&redis)).await).await;
}

#[tokio::test]
async fn two_hundred_callers_on_two_servers_make_one_refresh_without_redis() {
    shared(Replicas::at_expiry(2, MICROSOFT, None).await).await;
}

// what Redis saves is not what decides.
#[tokio::test]
async fn two_hundred_callers_on_three_servers_make_one_refresh_when_redis_is_gone() {
    let mut redis = Redis::start().await;
    let replicas = Replicas::at_expiry(3, GOOGLE, Some(&redis.url())).await;
    redis.stop();
    shared(replicas).await;
}

//
async fn shared(replicas: Replicas) {
    let number = replicas.processes.len();
    let callers = (0..200).map(|caller| replicas.call(caller % number));
    for status in join_all(callers).await {
        assert_eq!(status, 200);
    }
    assert_eq!(replicas.refreshes().len(), 1);
    assert_eq!(replicas.credential().await.0, "2");

    // A token that is refused before its time is renewed once, too.
    replicas
        .sandbox
        .advance_clock(std::time::Duration::from_secs(7200));
    let callers = (0..200).map(|caller| replicas.call(caller % number));
    for status in join_all(callers).await {
        assert_eq!(status, 200);
    }
    assert_eq!(replicas.refreshes().len(), 2);
    assert_eq!(replicas.events().await, ["cloud.connected"]);
}

//
#[tokio::test]
async fn a_holder_that_is_stopped_beyond_its_lease_writes_nothing() {
    for provider in [GOOGLE, MICROSOFT] {
        let replicas = Replicas::at_expiry(2, provider, None).await;
        let late = stop_in_the_middle(&replicas).await;

        assert_eq!(replicas.call(1).await, 200);
        let stored = replicas.credential().await;
        assert_eq!(stored.0, "2");
        replicas.processes[0].go_on();
        assert_eq!(late.await.unwrap(), Some(200));
        assert_eq!(replicas.credential().await, stored);
        assert_eq!(replicas.refreshes().len(), 2);
        assert_eq!(replicas.status().await, "ACTIVE");
    }
}

// at a provider whose refresh tokens die by their use, the one that it holds is lost.
#[tokio::test]
async fn a_holder_that_is_stopped_beyond_its_lease_brings_nothing_back_to_life() {
    let replicas = Replicas::at_strict_expiry(2).await;
    let late = stop_in_the_middle(&replicas).await;

    assert_eq!(replicas.call(1).await, 200);
    let stored = (replicas.credential().await, replicas.status().await);
    assert_eq!(stored.1, "REQUIRES_REAUTH rotation_lost");
    replicas.processes[0].go_on();
    assert_eq!(late.await.unwrap(), Some(200));
    let now = (replicas.credential().await, replicas.status().await);
    assert_eq!(now, stored);
    let events = ["cloud.connected", "cloud.requires_reauth"];
    assert_eq!(replicas.events().await, events);
}

/// Stops the first server when the provider has answered it, until its claim is over.
async fn stop_in_the_middle(replicas: &Replicas) -> JoinHandle<Option<u16>> {
    let slow = FaultRule::on(TOKEN, slow()).times(1);
    replicas.sandbox.inject(slow);
    let late = replicas.begin_call(0);
    replicas.refresh_where("the first asks", |_| true).await;
    replicas.processes[0].stop();
    replicas
        .refresh_where("it is answered", |request| request.status.is_some())
        .await;
    replicas.end_lease().await;
    late
}
