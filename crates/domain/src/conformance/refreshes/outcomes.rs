//! What a claim may still write, and what it may not.

use std::time::Duration;

use futures_util::future::join;

use super::{LEASE, NOW, Ports, assert_same, event, refused, sealed};
use crate::connection::Connection;

/// K-05: nothing but the credential, its version and when it came.
pub async fn a_commit_saves_the_next_version(ports: &Ports) {
    let connection = ports.connected(1).await;
    let claim = ports.claimed(&connection, NOW).await;
    let now = NOW.plus(Duration::from_secs(1));
    let committed = ports.refreshes.commit(&claim, &sealed(2), now).await;
    assert!(committed.unwrap());

    let expected = Connection {
        credential: Some(sealed(2)),
        credential_version: 2,
        renewed_at: now,
        ..connection.clone()
    };
    assert_same(&ports.stored(&connection).await, &expected);
    assert!(!ports.commit(&claim, 3).await, "it is used up");
    assert_same(&ports.stored(&connection).await, &expected);
}

/// a holder that slept through its lease writes nothing, whatever it has to say.
pub async fn a_claim_that_was_overtaken_saves_nothing(ports: &Ports) {
    let connection = ports.connected(1).await;
    let asleep = ports.claimed(&connection, NOW).await;
    let claim = ports.claimed(&connection, NOW.plus(LEASE)).await;

    assert!(!ports.commit(&asleep, 2).await);
    assert!(!ports.refuse(&asleep, &[event(1)]).await.unwrap());
    assert_same(&ports.stored(&connection).await, &connection);
    assert_eq!(ports.saved.names().await, [""; 0]);

    assert!(ports.commit(&claim, 3).await);
    assert!(!ports.commit(&asleep, 2).await);
    assert_eq!(ports.stored(&connection).await.credential, Some(sealed(3)));
}

///
pub async fn a_refresh_that_races_a_disconnect_saves_nothing(ports: &Ports) {
    let connection = ports.connected(1).await;
    let claim = ports.claimed(&connection, NOW).await;
    ports.disconnect(&connection).await;
    assert!(!ports.commit(&claim, 2).await);
    assert!(!ports.refuse(&claim, &[event(1)]).await.unwrap());
    let stored = ports.stored(&connection).await;
    assert!(stored.is_disconnected());
    assert_eq!(ports.saved.names().await, [""; 0]);
}

/// A consent that came meanwhile is newer than whatever was refreshed.
pub async fn a_refresh_that_races_a_new_credential_saves_nothing(ports: &Ports) {
    let connection = ports.connected(1).await;
    let claim = ports.claimed(&connection, NOW).await;
    let again = ports.reconnect(&connection, 2).await;
    assert!(!ports.commit(&claim, 3).await);
    assert!(!ports.refuse(&claim, &[event(1)]).await.unwrap());
    assert_same(&ports.stored(&connection).await, &again);
}

/// L-04
pub async fn a_refusal_is_saved_with_its_event_or_not_at_all(ports: &Ports) {
    let connection = ports.connected(1).await;
    let claim = ports.claimed(&connection, NOW).await;
    let twice = [event(1), event(1)];
    let refused_twice = ports.refuse(&claim, &twice).await;
    assert!(refused_twice.is_err(), "an event's id is taken once");
    assert_same(&ports.stored(&connection).await, &connection);

    assert!(ports.refuse(&claim, &[event(2)]).await.unwrap());
    let stored = ports.stored(&connection).await;
    assert_eq!(stored.status, refused());
    assert_eq!(ports.saved.names().await, ["cloud.requires_reauth"]);
    assert!(!ports.refuse(&claim, &[event(3)]).await.unwrap());
}

/// whichever comes first, no credential is left.
pub async fn of_a_racing_commit_and_disconnect_the_disconnect_stays(ports: &Ports) {
    for number in 1..=10 {
        let connection = ports.connected(number).await;
        let claim = ports.claimed(&connection, NOW).await;
        let Connection { owner, id, .. } = connection;
        let ending = async {
            for version in [1, 2] {
                let ended = ports.connections.disconnect(owner, id, version, &[], &[]);
                if ended.await.unwrap().is_some() {
                    return;
                }
            }
            panic!("neither version was there");
        };
        join(ports.commit(&claim, 0xee), ending).await;
        assert!(ports.stored(&connection).await.is_disconnected());
    }
}
