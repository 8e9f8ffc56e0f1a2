//! Ten thousand connections whose tokens end together, on two replicas: what the provider sees of it,
//! and what the callers do.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::oauth::RefreshKind;
use wharf_services::error::ServiceError;

use crate::refresh::provider::LIFE;
use crate::refresh::replica::Replica;
use crate::refresh::world::World;

/// The budget: the exchanges that two replicas may have under way at one provider.
const AT_ONCE: usize = 64;

/// No caller waits longer than those 15 seconds and what a call takes besides.
const PATIENCE: Duration = Duration::from_secs(16);

struct Flood {
    world: World,
    replicas: [Replica; 2],
    ids: Vec<ConnectionId>,
}

impl Flood {
    /// The tokens of so many connections have ended, and an exchange takes so long.
    async fn at_expiry(connections: u128, exchange: Duration) -> Self {
        let world = World::new(RefreshKind::Overlap, 1).await;
        let ids = (1_000..1_000 + connections).map(u128::to_be_bytes);
        let ids: Vec<ConnectionId> = ids.map(ConnectionId::from_bytes).collect();
        for id in &ids {
            world.connect(*id).await;
        }
        world.weather.slow_down(exchange);
        sleep(LIFE).await;
        let replicas = std::array::from_fn(|_| Replica::start(&world));
        Self {
            world,
            replicas,
            ids,
        }
    }

    /// A call, and what came of it: whether it got through within its time, or was told to come again.
    async fn call(&self, id: ConnectionId, replica: usize) -> bool {
        let [one, two] = &self.replicas;
        let begun = Instant::now();
        let called = if replica.is_multiple_of(2) { one } else { two };
        let called = called.call_through(id).await;
        assert!(begun.elapsed() <= PATIENCE, "{:?}", begun.elapsed());
        match called {
            Ok(checked) => {
                assert!(checked.account.is_some());
                true
            }
            Err(ServiceError::RefreshPending) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Each connection was renewed once, so many at a time and in a second.
    fn assert_budget(&self, in_a_second: usize) {
        let server = &self.world.server;
        assert_eq!(server.refreshes(), self.ids.len());
        assert_eq!(server.repeated(), 0);
        assert!(server.most() <= AT_ONCE, "{}", server.most());
        let busiest = server.busiest_second();
        assert!(busiest <= in_a_second, "{busiest}");
        // The budget is used, or the callers would wait for nothing.
        assert!(server.most() > AT_ONCE / 2, "{}", server.most());
    }
}

// at 64 at once, exchanges of 30 ms are no more than 2,133 a second.
#[tokio::test(start_paused = true)]
async fn ten_thousand_connections_that_expire_together_are_renewed_within_a_budget() {
    let flood = Flood::at_expiry(10_000, Duration::from_millis(30)).await;
    let each = flood.ids.iter().zip(0..);
    // Every tenth is needed at both replicas.
    let both = each
        .clone()
        .step_by(10)
        .map(|(id, number)| (id, number + 1));
    let callers = each.chain(both);
    let callers = callers.map(|(id, replica)| flood.call(*id, replica));
    let came_through = join_all(callers).await;
    assert!(came_through.into_iter().all(|it| it));
    flood.assert_budget(2_133);
}

// a provider that is slow is not pressed harder; who cannot be served is told in time.
#[tokio::test(start_paused = true)]
async fn a_slow_provider_is_not_pressed_harder_by_those_who_wait() {
    let flood = Flood::at_expiry(3_000, Duration::from_millis(500)).await;
    let mut waiting = flood.ids.clone();
    let mut rounds = 0;
    while !waiting.is_empty() {
        let callers = waiting.iter().zip(rounds..);
        let callers = callers.map(|(id, replica)| flood.call(*id, replica));
        let mut came_through = join_all(callers).await.into_iter();
        waiting.retain(|_| came_through.next() == Some(false));
        rounds += 1;
        assert!(rounds < 10, "{} still wait", waiting.len());
    }
    assert!(rounds > 1, "it was no flood");
    flood.assert_budget(128);
}
