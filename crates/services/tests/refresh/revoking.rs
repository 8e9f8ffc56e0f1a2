//! What becomes of a grant that is to be ended when the provider, the database or a key is away.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use wharf_crypto::Keyring;
use wharf_domain::connection::{Connection, SealedCredential};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::connections::Connections as _;
use wharf_domain::ports::oauth::{OAuthErrorKind, RefreshKind};
use wharf_services::connections::Revocation;
use wharf_services::error::ServiceError;
use wharf_services::vault::VaultError;

use crate::provider::LIFE;
use crate::replica::Replica;
use crate::world::World;

const AN_HOUR: Duration = Duration::from_secs(3600);

async fn connected() -> World {
    World::new(RefreshKind::Stable, 1).await
}

/// Works off the outbox from now on.
fn tend(replica: &Replica) {
    let worker = replica.outbox.clone();
    tokio::spawn(worker.run(CancellationToken::new()));
}

async fn tend_for_a_minute(replica: &Replica) {
    let worker = replica.outbox.clone();
    let tending = worker.run(CancellationToken::new());
    assert!(timeout(Duration::from_secs(60), tending).await.is_err());
}

// K-04
#[tokio::test(start_paused = true)]
async fn a_missing_key_keeps_the_connection() {
    let mut world = connected().await;
    let keyring = Arc::new(Keyring::generate().unwrap());
    let right = std::mem::replace(&mut world.keyring, keyring);
    let refused = Replica::start(&world).disconnect().await.unwrap_err();
    assert!(matches!(
        refused,
        ServiceError::Vault(VaultError::KeyUnavailable { .. })
    ));
    assert!(!world.stored().await.is_disconnected());
    assert!(world.server.has_grant());

    world.keyring = right;
    let receipt = Replica::start(&world).disconnect().await.unwrap();
    assert_eq!(receipt.revocation, Revocation::Done);
    assert!(!world.server.has_grant());
}

// K-03
#[tokio::test(start_paused = true)]
async fn a_damaged_credential_goes_and_the_receipt_says_so() {
    let world = connected().await;
    let stored = world.stored().await;
    let replaced = stored.credential_version;
    let damaged = Connection {
        credential: Some(SealedCredential(vec![7; 99])),
        credential_version: replaced + 1,
        ..stored
    };
    let saved = world.rows.replace_credential(&damaged, replaced, &[]).await;
    assert!(saved.unwrap());
    let receipt = Replica::start(&world).disconnect().await.unwrap();
    assert_eq!(receipt.revocation, Revocation::Failed);
    assert!(world.stored().await.is_disconnected());
}

// O-10
#[tokio::test(start_paused = true)]
async fn a_provider_that_is_not_set_up_is_told_when_it_is_again() {
    let world = connected().await;
    let replica = Replica::start(&world);
    tend(&replica);
    let not_configured = Some((OAuthErrorKind::NotConfigured, 1));
    world.weather.set_trouble(not_configured);
    let receipt = replica.disconnect().await.unwrap();
    assert_eq!(receipt.revocation, Revocation::Pending);
    sleep(AN_HOUR * 24).await;
    assert_eq!(world.rows.steps(), 1);

    world.weather.clear();
    sleep(AN_HOUR).await;
    assert!(!world.server.has_grant());
    assert_eq!(world.rows.steps(), 0);
}

//
#[tokio::test(start_paused = true)]
async fn the_last_attempt_is_at_the_deadline() {
    for is_well in [true, false] {
        let world = connected().await;
        let replica = Replica::start(&world);
        let busy = OAuthErrorKind::Unavailable {
            retry_after: Some(AN_HOUR * 50),
        };
        world.weather.set_trouble(Some((busy, 1)));
        let receipt = replica.disconnect().await.unwrap();
        assert_eq!(receipt.revocation, Revocation::Pending);
        sleep(AN_HOUR * 50).await;
        tend_for_a_minute(&replica).await;
        // The provider asked for longer than there is.
        sleep(AN_HOUR * 22).await;
        assert_eq!(world.rows.steps(), 1);

        if is_well {
            world.weather.clear();
        }
        tend_for_a_minute(&replica).await;
        assert_eq!(world.server.has_grant(), !is_well);
        assert_eq!(world.rows.steps(), 0);
    }
}

//
#[tokio::test(start_paused = true)]
async fn a_revocation_that_hangs_holds_up_no_other() {
    let world = connected().await;
    let ids = (10..40).map(|number| ConnectionId::from_bytes([number; 16]));
    let replica = Replica::start(&world);
    world
        .weather
        .set_trouble(Some((OAuthErrorKind::Unreachable, 1)));
    for id in ids {
        world.connect(id).await;
        let receipt = replica.disconnect_other(id).await.unwrap();
        assert_eq!(receipt.revocation, Revocation::Pending);
    }
    sleep(AN_HOUR).await;
    world.weather.clear();
    world.weather.hang_once();
    tend(&replica);
    sleep(Duration::from_secs(20)).await;
    assert_eq!(world.server.told(), 29, "all but the one that hangs");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(world.server.told(), 30);
}

/// A refresh is under way when the connection is ended, and finds what it got unwanted.
async fn refresh_overtaken_by_a_disconnect(world: &World) {
    sleep(LIFE).await;
    let (replica, other) = (Replica::start(world), Replica::start(world));
    let calling = tokio::spawn({
        let replica = replica.clone();
        async move { replica.call().await }
    });
    while world.server.refreshes() == 0 {
        sleep(Duration::from_micros(100)).await;
    }
    replica.stop_for(Duration::from_secs(1));
    other.disconnect().await.unwrap();
    assert!(calling.await.unwrap().is_err());
}

//
#[tokio::test(start_paused = true)]
async fn an_unwanted_grant_outlives_an_outage_of_the_database() {
    let world = connected().await;
    world.weather.outbox_down(true);
    refresh_overtaken_by_a_disconnect(&world).await;
    sleep(Duration::from_secs(300)).await;
    assert_eq!(world.server.told(), 1, "by whoever disconnected");

    world.weather.outbox_down(false);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(world.server.told(), 2);
    assert_eq!(world.rows.steps(), 0);
}

//
#[tokio::test(start_paused = true)]
async fn an_unwanted_grant_of_a_shredded_user_is_ended_without_a_step() {
    let world = connected().await;
    world.weather.shred_at_commit();
    refresh_overtaken_by_a_disconnect(&world).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(world.server.told(), 2);
    assert_eq!(world.rows.steps(), 0);
}
