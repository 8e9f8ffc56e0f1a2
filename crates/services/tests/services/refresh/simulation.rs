//! Everything at once, by chance: calls, refreshes, disconnections, new consents, replicas that die,
//! stop or have a wrong clock, a database and a provider that come and go. A seed repeats a run; one
//! that fails is named.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use wharf_domain::connection::{ConnectionState, ReauthReason};
use wharf_domain::ports::oauth::{OAuthErrorKind, RefreshKind};

use crate::refresh::replica::Replica;
use crate::refresh::world::World;

/// Runs in the ordinary run of the tests, and in a long one (`WHARF_LONG=1`).
const RUNS: u64 = 300;
const LONG_RUNS: u64 = 10_000;

/// Things that happen in a run.
const STEPS: usize = 30;

/// No caller waits longer: an early renewal, one that is needed, and the calls between.
const DEADLINE: Duration = Duration::from_secs(20);

/// How rough it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    /// Nothing fails but what people do; every refresh token is presented once.
    Calm,
    /// Answers are lost, servers and the database are away, clocks jump; no replica dies or sleeps.
    Rough,
    /// All of it.
    Stormy,
}

struct Run {
    world: World,
    replicas: [Replica; 2],
    profile: Profile,
    calls: Vec<JoinHandle<()>>,
    /// Whether the person has taken the grant back since the last consent.
    is_taken_back: bool,
    /// Whether something happened by which a strict provider's token may be lost.
    may_lose: bool,
    is_connected: bool,
}

impl Run {
    async fn new(seed: u64) -> Self {
        let kind = match seed % 3 {
            0 => RefreshKind::Stable,
            1 => RefreshKind::Overlap,
            _ => RefreshKind::Strict,
        };
        let profile = match seed / 3 % 3 {
            0 => Profile::Calm,
            1 => Profile::Rough,
            _ => Profile::Stormy,
        };
        let world = World::new(kind, seed).await;
        let replicas = std::array::from_fn(|_| Replica::start(&world));
        Self {
            world,
            replicas,
            profile,
            calls: Vec::new(),
            is_taken_back: false,
            may_lose: false,
            is_connected: true,
        }
    }

    fn replica(&self) -> &Replica {
        let [one, two] = &self.replicas;
        if self.world.chance.one_in(2) {
            one
        } else {
            two
        }
    }

    async fn step(&mut self) {
        let chance = &self.world.chance;
        let happens = match self.profile {
            Profile::Calm => chance.below(10),
            Profile::Rough => chance.below(17),
            Profile::Stormy => chance.below(20),
        };
        match happens {
            0..=4 => self.call_some(),
            5 | 6 => sleep(chance.secs(1, 1800)).await,
            7 => self.world.server.expire(),
            8 => self.disconnect_or_connect().await,
            9 => self.take_back_or_consent().await,
            10 | 11 => self.change_weather(),
            12 => self
                .world
                .weather
                .lose_answers(1 + i64::from(chance.one_in(2))),
            13 => self.jump(),
            14 => self.world.weather.clear(),
            15 => self.let_database_go().await,
            16 => self.world.weather.database_loses(true),
            17 => self.crash(),
            _ => self.stop(),
        }
        if happens >= 10 {
            self.may_lose = true;
        }
        sleep(Duration::from_millis(self.world.chance.below(2_000))).await;
        self.check().await;
    }

    /// A few calls at once, each of which ends in time, unless its replica is dead or stands still.
    fn call_some(&mut self) {
        for _ in 0..=self.world.chance.below(4) {
            let replica = self.replica().clone();
            self.calls.push(tokio::spawn(async move {
                let (begun, link) = (Instant::now(), replica.link.clone());
                let asleep = link.stands_still();
                let calling = timeout(DEADLINE, replica.call());
                tokio::select! {
                    called = calling => {
                        let excused = asleep || link.stands_still() || link.is_dead();
                        assert!(called.is_ok() || excused, "waited {:?}", begun.elapsed());
                    }
                    () = link.until_dead() => {}
                }
            }));
        }
    }

    async fn disconnect_or_connect(&mut self) {
        if self.is_connected {
            let ended = timeout(Duration::from_secs(30), self.replica().disconnect()).await;
            self.is_connected = !self.world.stored().await.is_disconnected();
            assert!(!matches!(ended, Ok(Ok(_)) if self.is_connected));
        } else {
            self.consent().await;
        }
    }

    async fn take_back_or_consent(&mut self) {
        if self.is_connected && !self.is_taken_back && self.world.chance.one_in(2) {
            self.world.server.end();
            self.is_taken_back = true;
        } else {
            self.consent().await;
        }
    }

    async fn consent(&mut self) {
        self.world.reauthorise().await;
        self.is_taken_back = false;
        self.is_connected = true;
    }

    fn change_weather(&self) {
        let chance = &self.world.chance;
        let retry_after = chance.one_in(2).then(|| chance.secs(1, 30));
        let trouble = match chance.below(5) {
            0 => OAuthErrorKind::Unreachable,
            1 => OAuthErrorKind::ClientRefused,
            2 => OAuthErrorKind::InvalidAnswer,
            3 => OAuthErrorKind::AnswerLost,
            _ => OAuthErrorKind::Unavailable { retry_after },
        };
        let one_in = 1 + chance.below(3);
        self.world.weather.set_trouble(Some((trouble, one_in)));
        self.world.weather.storage_down(chance.one_in(4));
    }

    fn jump(&self) {
        let hour = if self.world.chance.one_in(2) {
            3600
        } else {
            -3600
        };
        self.replica().jump(hour);
    }

    async fn let_database_go(&self) {
        self.world.weather.database_down(true);
        sleep(self.world.chance.secs(1, 90)).await;
        self.world.weather.database_down(false);
    }

    fn crash(&mut self) {
        let [one, two] = &mut self.replicas;
        let dying = if self.world.chance.one_in(2) {
            one
        } else {
            two
        };
        dying.link.kill();
        *dying = Replica::start(&self.world);
    }

    fn stop(&self) {
        self.replica().stop_for(self.world.chance.secs(1, 120));
    }

    /// What holds at any time.
    async fn check(&self) {
        let stored = self.world.stored().await;
        let ConnectionState::RequiresReauth(reason) = stored.status.state else {
            return;
        };
        // no live connection is marked dead.
        let Some(tokens) = self.world.stored_tokens().await else {
            return;
        };
        let server = &self.world.server;
        assert!(
            !server.takes(&tokens.refresh_token),
            "a live one: {reason:?}"
        );
        if reason == ReauthReason::RotationLost {
            // only what was cut off between the answer and the row.
            assert_eq!(server.kind(), RefreshKind::Strict);
            assert!(self.may_lose);
        } else if server.kind() != RefreshKind::Strict {
            assert!(!server.has_grant(), "{reason:?}");
        }
        if self.profile == Profile::Calm {
            assert!(self.is_taken_back, "{reason:?}");
        }
    }

    /// When all is well again, whatever can work does.
    async fn end(mut self) {
        self.world.weather.clear();
        sleep(Duration::from_secs(400)).await;
        for call in std::mem::take(&mut self.calls) {
            call.await.unwrap();
        }
        self.check().await;
        if self.profile == Profile::Calm {
            // a refresh token that has a successor in the row is used up.
            let repeats = self.world.server.repeated();
            assert!(self.world.server.kind() == RefreshKind::Stable || repeats == 0);
        }
        // An end that took longer than was waited for may have come since.
        if self.world.stored().await.is_disconnected() {
            self.consent().await;
        }
        for replica in &self.replicas {
            let called = replica.call().await.unwrap();
            if called.account.is_none() {
                let state = called.connection.status.state;
                assert!(
                    matches!(state, ConnectionState::RequiresReauth(_)),
                    "{state:?}"
                );
            }
        }
        self.consent().await;
        for replica in &self.replicas {
            assert!(replica.call().await.unwrap().account.is_some());
        }
        assert_eq!(self.world.state().await, ConnectionState::Active);
    }
}

fn run(seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(async {
        let mut run = Run::new(seed).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        run.end().await;
    });
}

//
#[test]
fn whatever_happens_nothing_is_lost_that_could_be_kept() {
    if let Some(seed) = setting("WHARF_SEED") {
        return run(seed);
    }
    let is_long = setting("WHARF_LONG").is_some_and(|number| number > 0);
    let runs = if is_long { LONG_RUNS } else { RUNS };
    for seed in 0..runs {
        let ended = std::panic::catch_unwind(|| run(seed));
        assert!(
            ended.is_ok(),
            "WHARF_SEED={seed} repeats the run that failed"
        );
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is set up by its environment, not by Wharf's settings"
)]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
