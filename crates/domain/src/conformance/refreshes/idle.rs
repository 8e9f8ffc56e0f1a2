//! Grants that lie idle.

use std::time::Duration;

use super::{LEASE, NOW, PROVIDER, Ports, sealed};
use crate::connection::Connection;
use crate::id::ConnectionId;
use crate::ports::refreshes::IdlePosition;
use crate::provider::Provider;
use crate::time::Timestamp;

impl Ports {
    async fn idle(
        &self,
        before: Timestamp,
        after: Option<IdlePosition>,
        limit: usize,
    ) -> Vec<Connection> {
        let idle = self.refreshes.idle(PROVIDER, before, after, limit).await;
        idle.unwrap()
    }

    /// A connection whose credential came so many seconds after the others.
    async fn renewed(&self, number: u8, seconds: u64) -> Connection {
        let connection = self.connected(number).await;
        let claim = self.claimed(&connection, NOW).await;
        let now = NOW.plus(Duration::from_secs(seconds));
        let committed = self.refreshes.commit(&claim, &sealed(number), now).await;
        assert!(committed.unwrap());
        self.stored(&connection).await
    }
}

fn ids(connections: &[Connection]) -> Vec<ConnectionId> {
    connections.iter().map(|connection| connection.id).collect()
}

/// Page by page, and those of the same moment too.
pub async fn idle_connections_are_found_longest_idle_first(ports: &Ports) {
    let mut expected = Vec::new();
    for (number, seconds) in [(3, 1), (1, 2), (5, 2), (2, 3)] {
        expected.push(ports.renewed(number, seconds).await.id);
    }
    ports.renewed(4, 9).await;
    let before = NOW.plus(Duration::from_secs(9));
    assert_eq!(ids(&ports.idle(before, None, 10).await), expected);

    let (mut walked, mut after) = (Vec::new(), None);
    while let Some(next) = ports.idle(before, after, 1).await.pop() {
        walked.push(next.id);
        after = Some((next.renewed_at, next.id));
    }
    assert_eq!(walked, expected);
    assert_eq!(ids(&ports.idle(NOW, None, 10).await), []);
}

/// Disconnected and refused ones have nothing to renew; a claimed one may yet need it.
pub async fn what_cannot_be_renewed_is_not_idle(ports: &Ports) {
    let before = NOW.plus(LEASE);
    let (gone, marked, claimed) = (
        ports.connected(1).await,
        ports.connected(2).await,
        ports.connected(3).await,
    );
    ports.disconnect(&gone).await;
    let claim = ports.claimed(&marked, NOW).await;
    assert!(ports.refuse(&claim, &[]).await.unwrap());
    ports.claimed(&claimed, NOW).await;
    assert_eq!(ids(&ports.idle(before, None, 10).await), [claimed.id]);
    let elsewhere = ports.refreshes.idle(Provider::Onedrive, before, None, 10);
    assert!(elsewhere.await.unwrap().is_empty());
}
