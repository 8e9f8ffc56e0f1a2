//! The processes that serve, as they tell of themselves.

use std::time::Duration;

use super::Repositories;
use super::fixture::NOW;
use crate::id::ReplicaId;
use crate::operator_key::OperatorKeyId;
use crate::replica::Replica;
use crate::time::Timestamp;

fn replica(number: u8, seen_secs: u64) -> Replica {
    Replica {
        id: ReplicaId::from_bytes([number; 16]),
        started_at: later(number.into()),
        seen_at: later(seen_secs),
        primary_key: OperatorKeyId([number; 16]),
        keys: vec![OperatorKeyId([number; 16]), OperatorKeyId([0xff; 16])],
    }
}

fn later(secs: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(secs))
}

/// A replica is known as it last told of itself, until it leaves.
pub async fn a_replica_is_known_as_it_last_told(repositories: &Repositories) {
    let replicas = &repositories.replicas;
    assert_eq!(replicas.heard_since(NOW).await.unwrap(), []);
    for told in [replica(2, 20), replica(1, 20)] {
        replicas.tell(&told, NOW).await.unwrap();
    }
    let changed = Replica {
        primary_key: OperatorKeyId([0xff; 16]),
        keys: vec![OperatorKeyId([0xff; 16])],
        ..replica(2, 25)
    };
    replicas.tell(&changed, NOW).await.unwrap();

    let heard = replicas.heard_since(NOW).await.unwrap();
    assert_eq!(heard, [replica(1, 20), changed.clone()]);
    replicas.leave(replica(1, 0).id).await.unwrap();
    replicas.leave(replica(3, 0).id).await.unwrap();
    assert_eq!(replicas.heard_since(NOW).await.unwrap(), [changed]);
}

/// Who was silent for long is not heard of, and is forgotten by those who tell.
pub async fn a_silent_replica_is_forgotten(repositories: &Repositories) {
    let replicas = &repositories.replicas;
    replicas.tell(&replica(1, 10), NOW).await.unwrap();
    replicas.tell(&replica(2, 40), NOW).await.unwrap();
    let heard = replicas.heard_since(later(10)).await.unwrap();
    assert_eq!(heard.len(), 2);
    let heard = replicas.heard_since(later(11)).await.unwrap();
    assert_eq!(heard, [replica(2, 40)]);

    replicas.tell(&replica(2, 50), later(11)).await.unwrap();
    assert_eq!(replicas.heard_since(NOW).await.unwrap(), [replica(2, 50)]);
}
