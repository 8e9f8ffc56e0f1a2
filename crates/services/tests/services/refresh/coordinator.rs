//! What a refresh makes of what can happen to it, one thing at a time.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};
use wharf_domain::connection::{ConnectionState, ReauthReason};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::connections::Connections as _;
use wharf_domain::ports::oauth::{OAuthErrorKind, RefreshKind};
use wharf_services::error::ServiceError;

use crate::refresh::link::Moment;
use crate::refresh::provider::LIFE;
use crate::refresh::replica::Replica;
use crate::refresh::world::{OWNER, World};

const KINDS: [RefreshKind; 3] = [
    RefreshKind::Stable,
    RefreshKind::Overlap,
    RefreshKind::Strict,
];

/// Longer than any claim.
const A_MINUTE: Duration = Duration::from_secs(60);

const GRANT_REFUSED: ConnectionState = ConnectionState::RequiresReauth(ReauthReason::GrantRefused);
const ROTATION_LOST: ConnectionState = ConnectionState::RequiresReauth(ReauthReason::RotationLost);

/// A world whose access tokens have ended, and as many replicas.
async fn at_expiry<const N: usize>(kind: RefreshKind) -> (World, [Replica; N]) {
    let world = World::new(kind, 1).await;
    sleep(LIFE).await;
    let replicas = std::array::from_fn(|_| Replica::start(&world));
    (world, replicas)
}

/// What an outcome is, where the two that wait for the same are told it in their own wrapping.
fn name(error: &ServiceError) -> String {
    match error {
        ServiceError::Shared(error) => name(error),
        error => error.to_string(),
    }
}

//
#[tokio::test(start_paused = true)]
async fn all_callers_on_all_replicas_share_one_refresh() {
    for kind in KINDS {
        let (world, replicas) = at_expiry::<3>(kind).await;
        let callers = (0..600).map(|number| replicas[number % 3].call());
        for called in join_all(callers).await {
            assert!(called.unwrap().account.is_some());
        }
        assert_eq!(world.server.refreshes(), 1, "{kind:?}");
        assert_eq!(world.stored().await.credential_version, 2);
    }
}

//
#[tokio::test(start_paused = true)]
async fn a_token_that_ended_before_its_time_is_renewed_once() {
    for kind in KINDS {
        let world = World::new(kind, 1).await;
        let replica = Replica::start(&world);
        world.server.expire();
        assert!(replica.call().await.unwrap().account.is_some());
        assert_eq!(world.server.refreshes(), 1, "{kind:?}");
        assert!(replica.call().await.unwrap().account.is_some());
        assert_eq!(world.server.refreshes(), 1, "{kind:?}");
    }
}

//
#[tokio::test(start_paused = true)]
async fn an_upload_is_sent_again_unless_something_was_read_of_it() {
    let world = World::new(RefreshKind::Stable, 1).await;
    let replica = Replica::start(&world);
    world.server.expire();
    assert_eq!(replica.upload().await.unwrap().size_bytes, 3);

    world.server.expire();
    world.weather.storage_reads(true);
    let refused = replica.upload().await.unwrap_err();
    assert!(matches!(refused, ServiceError::Storage(_)), "{refused}");
    // The token is new all the same: the client's next attempt finds it.
    assert_eq!(replica.upload().await.unwrap().size_bytes, 3);
    assert_eq!(world.server.refreshes(), 2);
}

//
#[tokio::test(start_paused = true)]
async fn an_early_renewal_that_fails_hinders_nobody() {
    for kind in KINDS {
        let world = World::new(kind, 1).await;
        let replica = Replica::start(&world);
        sleep(LIFE * 95 / 100).await;
        world
            .weather
            .set_trouble(Some((OAuthErrorKind::Unreachable, 1)));
        assert!(replica.call().await.unwrap().account.is_some());
        world.weather.database_down(true);
        world.weather.clear();
        assert_eq!(world.server.refreshes(), 0);
        assert!(replica.call().await.unwrap().account.is_some());
        assert_eq!(world.server.refreshes(), 1, "{kind:?}");
    }
}

//
#[tokio::test(start_paused = true)]
async fn only_a_refused_grant_marks_a_connection() {
    for kind in KINDS {
        for (trouble, told) in [
            (
                OAuthErrorKind::ClientRefused,
                "the client id or secret was refused",
            ),
            (OAuthErrorKind::Unreachable, "out of reach"),
            (OAuthErrorKind::InvalidAnswer, "not valid"),
            (OAuthErrorKind::AnswerLost, "the answer was lost"),
            (
                OAuthErrorKind::Unavailable { retry_after: None },
                "not available",
            ),
        ] {
            let (world, [replica]) = at_expiry(kind).await;
            world.weather.set_trouble(Some((trouble.clone(), 1)));
            for _ in 0..3 {
                let refused = replica.call().await.unwrap_err();
                assert!(name(&refused).contains(told), "{trouble}: {refused}");
            }
            assert_eq!(world.state().await, ConnectionState::Active, "{trouble}");
            assert_eq!(world.rows.events(), [""; 0]);
            world.weather.clear();
            assert!(replica.call().await.unwrap().account.is_some());
        }

        let (world, [replica]) = at_expiry(kind).await;
        world.server.end();
        let called = replica.call().await.unwrap();
        assert_eq!(called.connection.status.state, GRANT_REFUSED, "{kind:?}");
        assert!(called.account.is_none());
        replica.call().await.unwrap();
        assert_eq!(world.rows.events(), ["cloud.requires_reauth"]);
        assert_eq!(world.server.refreshes(), 1);

        world.reauthorise().await;
        assert!(replica.call().await.unwrap().account.is_some());
        assert_eq!(world.state().await, ConnectionState::Active);
    }
}

//
#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_for_patience_gets_it() {
    let (world, [replica]) = at_expiry(RefreshKind::Stable).await;
    let retry_after = Some(Duration::from_secs(20));
    let trouble = OAuthErrorKind::Unavailable { retry_after };
    world.weather.set_trouble(Some((trouble, 1)));
    replica.call().await.unwrap_err();
    world.weather.clear();
    let begun = Instant::now();
    while replica.call().await.is_err() {
        sleep(Duration::from_secs(1)).await;
    }
    let waited = begun.elapsed().as_secs();
    assert!((19..=21).contains(&waited), "{waited}");
    assert_eq!(world.server.refreshes(), 1);
}

//
#[tokio::test(start_paused = true)]
async fn who_hangs_up_does_not_end_a_refresh() {
    for kind in KINDS {
        let (world, [replica]) = at_expiry(kind).await;
        let mut calling = Box::pin(replica.call());
        while world.server.refreshes() == 0 {
            assert!(futures_util::poll!(&mut calling).is_pending());
            sleep(Duration::from_millis(1)).await;
        }
        drop(calling);
        sleep(A_MINUTE).await;
        assert_eq!(world.stored().await.credential_version, 2, "{kind:?}");
        assert!(replica.call().await.unwrap().account.is_some());
        assert_eq!(world.server.refreshes(), 1);
    }
}

//
#[tokio::test(start_paused = true)]
async fn a_replica_that_dies_loses_what_was_not_stored_and_only_where_tokens_die_by_use() {
    for kind in KINDS {
        for moment in Moment::ALL {
            let (world, [dying, other]) = at_expiry(kind).await;
            dying.link.kill_at(moment);
            tokio::spawn(async move { dying.call().await });
            sleep(A_MINUTE).await;
            let called = other.call().await.unwrap();
            let is_lost =
                kind == RefreshKind::Strict && matches!(moment, Moment::Sent | Moment::Answered);
            let (expected, events) = if is_lost {
                (ROTATION_LOST, vec!["cloud.requires_reauth"])
            } else {
                (ConnectionState::Active, vec![])
            };
            let found = called.connection.status.state;
            assert_eq!(found, expected, "{kind:?} {moment:?}");
            assert_eq!(called.account.is_some(), !is_lost);
            assert_eq!(world.rows.events(), events);
        }
    }
}

//
#[tokio::test(start_paused = true)]
async fn without_a_database_nothing_is_sent_and_what_came_waits_for_it() {
    for kind in KINDS {
        let (world, [replica]) = at_expiry(kind).await;
        world.weather.database_down(true);
        replica.call().await.unwrap_err();
        assert_eq!(world.server.refreshes(), 0);
        world.weather.database_down(false);

        // It goes while the token is on its way, and for longer than a claim is good.
        let waiting = replica.clone();
        let calling = tokio::spawn(async move { waiting.call().await });
        while world.server.refreshes() == 0 {
            sleep(Duration::from_micros(100)).await;
        }
        world.weather.database_down(true);
        let begun = Instant::now();
        let told = calling.await.unwrap().unwrap_err();
        assert!(begun.elapsed() <= Duration::from_secs(16), "{told}");
        sleep(Duration::from_secs(280)).await;
        world.weather.database_down(false);
        sleep(Duration::from_secs(2)).await;
        assert_eq!(world.stored().await.credential_version, 2, "{kind:?}");
        assert!(replica.call().await.unwrap().account.is_some());
        assert_eq!(world.server.refreshes(), 1);
    }
}

//
#[tokio::test(start_paused = true)]
async fn whoever_is_overtaken_with_the_only_good_token_still_brings_it_home() {
    let (world, [slow, other]) = at_expiry(RefreshKind::Strict).await;
    let late = slow.clone();
    let calling = tokio::spawn(async move { late.call().await });
    while world.server.refreshes() == 0 {
        sleep(Duration::from_micros(100)).await;
    }
    // It is stopped with the answer in its hands; to the other's clock its claim is over.
    slow.stop_for(Duration::from_secs(2));
    other.jump(3600);
    let called = other.call().await.unwrap();
    assert!(called.account.is_some());
    assert!(calling.await.unwrap().unwrap().account.is_some());
    assert_eq!(world.state().await, ConnectionState::Active);
    assert_eq!(world.rows.events(), [""; 0]);
}

//
#[tokio::test(start_paused = true)]
async fn a_holder_that_slept_through_its_claim_writes_nothing_stale() {
    for kind in [RefreshKind::Stable, RefreshKind::Overlap] {
        let (world, [slow, other]) = at_expiry(kind).await;
        let late = slow.clone();
        let calling = tokio::spawn(async move { late.call().await });
        while world.server.refreshes() == 0 {
            sleep(Duration::from_micros(100)).await;
        }
        slow.stop_for(A_MINUTE);
        sleep(Duration::from_secs(40)).await;
        assert!(other.call().await.unwrap().account.is_some());
        let stored = world.stored_tokens().await.unwrap();
        sleep(A_MINUTE).await;
        drop(calling.await);
        let kept = world.stored_tokens().await.unwrap();
        assert_eq!(
            secrecy::ExposeSecret::expose_secret(&kept.access_token),
            secrecy::ExposeSecret::expose_secret(&stored.access_token)
        );
        assert_eq!(world.stored().await.credential_version, 2, "{kind:?}");
    }
}

//
#[tokio::test(start_paused = true)]
async fn a_token_for_an_ended_connection_is_ended_and_not_stored() {
    for kind in KINDS {
        let (world, [replica, other]) = at_expiry(kind).await;
        let refreshing = replica.clone();
        let calling = tokio::spawn(async move { refreshing.call().await });
        while world.server.refreshes() == 0 {
            sleep(Duration::from_micros(100)).await;
        }
        replica.stop_for(Duration::from_secs(1));
        other.disconnect().await.unwrap();
        let told = calling.await.unwrap().unwrap_err();
        assert!(matches!(
            told,
            ServiceError::NotFound | ServiceError::StorageDisconnected
        ));
        sleep(A_MINUTE).await;
        assert!(world.stored().await.is_disconnected());
        assert!(!world.server.has_grant(), "{kind:?}");
        assert_eq!(world.rows.steps(), 0);
    }
}

//
#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_an_hour_breaks_nothing() {
    for kind in KINDS {
        for jump in [-3600, 3600] {
            let world = World::new(kind, 1).await;
            let [one, two] = std::array::from_fn(|_| Replica::start(&world));
            for replica in [&one, &two, &one] {
                one.jump(jump);
                for _ in 0..3 {
                    assert!(replica.call().await.unwrap().account.is_some());
                }
                sleep(LIFE / 2).await;
                one.jump(-jump);
            }
            assert!(world.server.refreshes() < 8, "{kind:?} {jump}");
            assert_eq!(world.state().await, ConnectionState::Active);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_storage_out_of_reach_is_told_as_long_as_it_lasts() {
    let world = World::new(RefreshKind::Stable, 1).await;
    let replica = Replica::start(&world);
    world.weather.storage_down(true);
    let called = replica.call().await.unwrap();
    assert_eq!(called.connection.status.state, ConnectionState::Unreachable);
    let since = called.connection.status.since;
    sleep(A_MINUTE).await;
    // Only a change is written down.
    let again = replica.call().await.unwrap();
    assert_eq!(again.connection.status.since, since);

    world.weather.storage_down(false);
    let called = replica.call().await.unwrap();
    assert_eq!(called.connection.status.state, ConnectionState::Active);
    assert_eq!(world.rows.events(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn idle_grants_are_renewed_by_one_replica_and_not_all_at_once() {
    let world = World::new(RefreshKind::Overlap, 1).await;
    for number in 10..50 {
        world.connect(ConnectionId::from_bytes([number; 16])).await;
    }
    let [one, two]: [Replica; 2] = std::array::from_fn(|_| Replica::start(&world));
    assert_eq!(one.keep_alive.renew_idle().await.unwrap(), 0);

    const DAY: u64 = 24 * 3600;
    one.jump(57 * 24 * 3600);
    let due = one.keep_alive.renew_idle().await.unwrap();
    assert!((5..36).contains(&due), "each at its own time: {due}");
    assert_eq!(world.server.refreshes(), due);

    sleep(Duration::from_secs(DAY)).await;
    one.jump(2 * 24 * 3600);
    two.jump(59 * 24 * 3600);
    let begun = Instant::now();
    let (mine, theirs) = tokio::join!(one.keep_alive.renew_idle(), two.keep_alive.renew_idle());
    assert!(mine.unwrap() >= 41 - due && theirs.unwrap() >= 41 - due);
    assert_eq!(world.server.refreshes(), 41, "none twice");
    assert!(begun.elapsed() >= Duration::from_secs((40 - due as u64) / 10));
    assert_eq!(world.rows.list(OWNER).await.unwrap().len(), 41);
}
