//! What becomes of a grant that is to be ended when the provider, the database or a key is away.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use wharf_crypto::{Context, Keyring, Purpose};
use wharf_domain::connection::{Connection, SealedCredential};
use wharf_domain::id::{ConnectionId, StepId};
use wharf_domain::ports::connections::Connections as _;
use wharf_domain::ports::data_keys::DataKeys as _;
use wharf_domain::ports::oauth::{OAuthErrorKind, RefreshKind};
use wharf_domain::ports::outbox::Outbox as _;
use wharf_domain::provider::Provider;
use wharf_domain::step::{SealedPayload, Step, StepKind};
use wharf_services::connections::Revocation;
use wharf_services::error::ServiceError;
use wharf_services::vault::VaultError;

use crate::refresh::provider::LIFE;
use crate::refresh::replica::Replica;
use crate::refresh::world::{OWNER, World};

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

//
#[tokio::test(start_paused = true)]
async fn a_provider_that_is_gone_holds_up_no_other() {
    let world = connected().await;
    let replica = Replica::start(&world);
    let unreachable = Some((OAuthErrorKind::Unreachable, 1));
    world.weather.set_trouble(unreachable);
    for number in 10..30 {
        let (id, is_last) = (ConnectionId::from_bytes([number; 16]), number == 29);
        if is_last {
            world.connect_at(Provider::Onedrive, id).await;
        } else {
            world.connect(id).await;
        }
        let receipt = replica.disconnect_other(id).await.unwrap();
        assert_eq!(receipt.revocation, Revocation::Pending);
    }
    sleep(AN_HOUR).await;
    world.weather.clear();
    world.weather.hang_at(Provider::GoogleDrive);
    tend(&replica);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(world.server.told(), 1, "by the last in the row");
    assert_eq!(world.rows.steps(), 19);
}

//
#[tokio::test(start_paused = true)]
async fn a_step_that_another_version_wrote_down_is_left_to_it() {
    let world = connected().await;
    let id = StepId::from_bytes([9; 16]);
    let user = Context::new().field("user", OWNER.as_bytes());
    let wrapped = world.rows.data_key(OWNER).await.unwrap().unwrap();
    let data_key = world.keyring.unwrap_key(&user, &wrapped.0).unwrap();
    // Of the kind 200, with nothing behind it.
    let payload = data_key.seal(
        Purpose::new("outbox.revocation"),
        &user.field("step", id.as_bytes()),
        &[1, 200],
    );
    let step = Step {
        id,
        owner: Some(OWNER),
        kind: StepKind::RevokeGrant,
        payload: SealedPayload(payload.unwrap()),
        created_at: world.now(),
        due_at: world.now(),
        deadline: world.now().plus(AN_HOUR * 72),
        attempts: 0,
    };
    world.rows.add(&step).await.unwrap();
    let replica = Replica::start(&world);
    tend_for_a_minute(&replica).await;
    assert_eq!(world.rows.steps(), 1);
    sleep(AN_HOUR * 72).await;
    tend_for_a_minute(&replica).await;
    assert_eq!(world.rows.steps(), 0, "its time is up");
}

/// A refresh is under way when the connection is ended, and finds what it got unwanted.
async fn refresh_overtaken_by_a_disconnect(world: &World) {
    refresh_overtaken(world, async |other| {
        other.disconnect().await.unwrap();
    })
    .await;
}

async fn refresh_overtaken(world: &World, by: impl AsyncFnOnce(&Replica)) {
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
    by(&other).await;
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

// the account goes before the token is sealed for the first time.
#[tokio::test(start_paused = true)]
async fn a_token_that_finds_no_key_to_be_sealed_by_is_ended() {
    for kind in [
        RefreshKind::Stable,
        RefreshKind::Overlap,
        RefreshKind::Strict,
    ] {
        let world = World::new(kind, 1).await;
        refresh_overtaken(&world, async |other| {
            other.disconnect().await.unwrap();
            world.rows.shred();
        })
        .await;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(world.server.told(), 2, "{kind:?}");
        assert!(!world.server.has_grant());
        assert_eq!(world.rows.steps(), 0);
    }
}
