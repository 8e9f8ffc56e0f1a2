//! Who may refresh, and what is known of whoever tried before.

use std::time::Duration;

use futures_util::future::join_all;

use super::{LEASE, NOW, Ports};
use crate::connection::Connection;
use crate::id::UserId;
use crate::ports::refreshes::Presented;
use crate::time::Timestamp;

/// one at a time, and a holder that is gone keeps the others out for so long only.
pub async fn a_claim_keeps_others_out_until_its_lease_ends(ports: &Ports) {
    let connection = ports.connected(1).await;
    let other = ports.connected(2).await;
    let first = ports.claimed(&connection, NOW).await;
    let almost = NOW.plus(LEASE - Duration::from_micros(1));
    assert_eq!(ports.try_claim(&connection, almost).await, None);
    assert!(ports.try_claim(&other, almost).await.is_some());

    let second = ports.claimed(&connection, NOW.plus(LEASE)).await;
    assert!(second.epoch > first.epoch);
    assert_eq!(second.credential_version, 1);
    assert_eq!(
        (second.owner, second.connection),
        (connection.owner, connection.id)
    );
}

/// a clock that was an hour ahead when it claimed must not keep others out for an hour.
pub async fn a_claim_by_a_clock_ahead_keeps_nobody_out(ports: &Ports) {
    let connection = ports.connected(1).await;
    let hour = Duration::from_secs(3600);
    let ahead = ports.claimed(&connection, NOW.plus(hour)).await;
    let claim = ports.claimed(&connection, NOW).await;
    assert!(!ports.commit(&ahead, 2).await);
    assert!(ports.commit(&claim, 3).await);

    // One that is a little behind, or whose question was on its way for a while, is kept out.
    let other = ports.connected(2).await;
    ports.claimed(&other, NOW.plus(LEASE)).await;
    assert_eq!(ports.try_claim(&other, NOW).await, None);
}

/// Neither an old version, nor a disconnected or refused one, nor another user's.
pub async fn only_the_live_credential_of_this_version_is_claimed(ports: &Ports) {
    let connection = ports.connected(1).await;
    let newer = Connection {
        credential_version: 2,
        ..connection.clone()
    };
    let stranger = Connection {
        owner: UserId::from_bytes([0xee; 16]),
        ..connection.clone()
    };
    for wrong in [newer, stranger] {
        assert_eq!(ports.try_claim(&wrong, NOW).await, None);
    }

    let claim = ports.claimed(&connection, NOW).await;
    assert!(ports.refuse(&claim, &[]).await.unwrap());
    assert_eq!(ports.try_claim(&connection, NOW.plus(LEASE)).await, None);

    let gone = ports.connected(2).await;
    ports.disconnect(&gone).await;
    assert_eq!(ports.try_claim(&gone, NOW).await, None);
}

///
pub async fn of_racing_claims_one_wins(ports: &Ports) {
    let connection = ports.connected(1).await;
    for round in 0..5_u32 {
        let now = NOW.plus(LEASE * round);
        let racing = join_all((0..8).map(|_| ports.try_claim(&connection, now))).await;
        assert_eq!(racing.iter().flatten().count(), 1, "round {round}");
    }
}

/// whoever crashed may have used the refresh token.
pub async fn a_claim_tells_whether_the_one_before_is_unresolved(ports: &Ports) {
    let connection = ports.connected(1).await;
    let mut now = NOW;
    let mut follows = async |presented: Option<Presented>| {
        now = now.plus(LEASE);
        let claim = ports.claimed(&connection, now).await;
        if let Some(presented) = presented {
            assert!(ports.release(&claim, presented).await);
        }
        claim.follows_unresolved
    };
    assert!(!follows(Some(Presented::No)).await);
    assert!(!follows(Some(Presented::Perhaps)).await);
    assert!(follows(Some(Presented::Perhaps)).await);
    assert!(follows(None).await, "it was never resolved");
    assert!(follows(None).await, "whoever had it before is gone");
}

/// That nothing was sent this time says nothing about the time before.
pub async fn a_released_claim_leaves_what_was_known_before(ports: &Ports) {
    let connection = ports.connected(1).await;
    let lost = ports.claimed(&connection, NOW).await;
    assert!(ports.release(&lost, Presented::Perhaps).await);
    let unsent = ports.claimed(&connection, NOW).await;
    assert!(unsent.follows_unresolved);
    assert!(ports.release(&unsent, Presented::No).await);
    // It was free at once each time.
    let next = ports.claimed(&connection, NOW).await;
    assert!(next.follows_unresolved);

    assert!(!ports.release(&lost, Presented::No).await, "it is over");
    let later: Timestamp = NOW.plus(LEASE);
    assert!(ports.claimed(&connection, later).await.follows_unresolved);
}

/// Neither what is known of the old one nor its lease concerns the new one.
pub async fn a_new_credential_resolves_every_claim(ports: &Ports) {
    let connection = ports.connected(1).await;
    ports.claimed(&connection, NOW).await;
    let again = ports.reconnect(&connection, 2).await;
    assert!(!ports.claimed(&again, NOW).await.follows_unresolved);

    let gone = ports.connected(2).await;
    ports.claimed(&gone, NOW).await;
    ports.disconnect(&gone).await;
    let gone = ports.stored(&gone).await;
    let revived = ports.reconnect(&gone, 3).await;
    let claim = ports.claimed(&revived, NOW).await;
    assert!(!claim.follows_unresolved);
    assert!(ports.commit(&claim, 4).await);
    let stored = ports.stored(&revived).await;
    let renewed = ports.claimed(&stored, NOW).await;
    assert!(!renewed.follows_unresolved);
}
