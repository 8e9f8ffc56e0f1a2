//! The sequencer and the checks of the trail on real databases: killed, racing, and after somebody wrote
//! into the database.

mod dying;
mod erased;
mod killed;
mod mutated;
mod paged;
mod racing;
mod rights;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use wharf_audit::export::Line;
use wharf_crypto::{Keyring, LiveKeyring};
use wharf_domain::context::{Actor, ClientNetwork};
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{EventId, UserId};
use wharf_domain::ports::checkpoint_copies::{CheckpointCopies, CopyError};
use wharf_domain::ports::events::Events as _;
use wharf_domain::ports::trail::Trail;
use wharf_domain::random::Random;
use wharf_domain::time::{Clock, Timestamp};
use wharf_domain::trail::Checkpoint;
use wharf_persistence::Database;
use wharf_services::trail::{AuditTrail, Memory, Report, Round, Sequencer};
use wharf_services::vault::Vault;

use crate::fixture::{NOW, event};

/// Longer than any term lasts.
const LONG: Duration = Duration::from_secs(60);

/// A clock that is moved by hand.
#[derive(Default)]
struct HandClock(AtomicI64);

impl HandClock {
    fn advance(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap();
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        NOW.plus(Duration::from_micros(
            self.0.load(Ordering::Relaxed).unsigned_abs(),
        ))
    }
}

struct AnyBytes;

impl Random for AnyBytes {
    fn fill(&self, bytes: &mut [u8]) {
        fastrand::fill(bytes);
    }
}

/// A place outside the database, in memory.
#[derive(Default)]
struct Copies(Mutex<Vec<String>>);

#[async_trait]
impl CheckpointCopies for Copies {
    fn place(&self) -> &'static str {
        "memory"
    }

    async fn keep(&self, _: u64, line: &str) -> Result<(), CopyError> {
        self.0.lock().unwrap().push(line.to_owned());
        Ok(())
    }

    async fn latest(&self) -> Result<Vec<String>, CopyError> {
        Ok(self.0.lock().unwrap().clone())
    }
}

/// An installation: its keys, its clock, and what it keeps outside its database.
struct House {
    database: Database,
    keyring: Arc<Keyring>,
    clock: Arc<HandClock>,
    copies: Arc<Copies>,
}

impl House {
    fn on(database: &Database) -> Self {
        Self {
            database: database.clone(),
            keyring: Arc::new(Keyring::generate().unwrap()),
            clock: Arc::default(),
            copies: Arc::default(),
        }
    }

    fn vault(&self) -> Vault {
        let keys = Arc::new(self.database.clone());
        Vault::new(LiveKeyring::fixed(Arc::clone(&self.keyring)), keys)
    }

    /// A replica's sequencer.
    fn sequencer(&self) -> Sequencer {
        self.sequencer_on(Arc::new(self.database.clone()))
    }

    fn sequencer_on(&self, trail: Arc<dyn Trail>) -> Sequencer {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Sequencer::new(
            trail,
            self.vault(),
            self.keyring.checkpoint_signer(),
            vec![self.copies.clone()],
            Environment::new(clock, Arc::new(AnyBytes)),
        )
    }

    /// The trail; copies are read only where `with_copies` says so.
    fn trail(&self, with_copies: bool) -> AuditTrail {
        let copies: Vec<Arc<dyn CheckpointCopies>> = match with_copies {
            true => vec![self.copies.clone()],
            false => Vec::new(),
        };
        let keys = self.keyring.checkpoint_keys().collect();
        AuditTrail::new(Arc::new(self.database.clone()), self.vault(), keys, copies)
    }

    /// Records an event of each number, on a user's behalf.
    async fn recorded(&self, numbers: impl IntoIterator<Item = u32>) {
        for number in numbers {
            let recorded = by_user(number, UserId::from_bytes([1; 16]));
            self.database.record(&recorded).await.unwrap();
        }
    }

    /// Lets new replicas place all that waits, and sign what came of it. What a dead one had begun may
    /// still come to its end meanwhile, and have one of them start again.
    async fn placed(&self) {
        loop {
            self.clock.advance(LONG);
            let (sequencer, mut memory) = (self.sequencer(), Memory::default());
            while sequencer.round(&mut memory).await.unwrap() != Round::Idle {}
            let standing = self.database.standing().await.unwrap();
            let signed = standing.checkpoint.map(|checkpoint| checkpoint.head);
            let waiting = self.database.count_waiting().await.unwrap();
            if waiting == 0 && signed == Some(standing.head) {
                break;
            }
        }
    }

    async fn report(&self) -> Report {
        self.trail(true).verify(Vec::new()).await.unwrap()
    }

    /// The trail has these events, each once, in a sound chain that is signed to its end; none waits.
    async fn assert_complete(&self, events: u32, what: &str) {
        let report = self.report().await;
        assert!(report.is_sound(), "{what}: {report:?}");
        assert_eq!(report.waiting, 0, "{what}");
        assert_eq!(report.verdict.links, u64::from(events), "{what}");
        assert_eq!(report.verdict.signed_until, u64::from(events), "{what}");
        let links = self.database.links(0, 10_000).await.unwrap();
        let mut ids: Vec<EventId> = links.iter().map(|link| link.event.id).collect();
        ids.sort();
        let expected: Vec<EventId> = (1..=events).map(id).collect();
        assert_eq!(ids, expected, "{what}");
    }

    fn copied(&self) -> Vec<Checkpoint> {
        let lines = self.copies.0.lock().unwrap();
        let parsed = lines.iter().map(|line| match Line::parse(line).unwrap() {
            Line::Checkpoint(checkpoint) => checkpoint,
            other => panic!("no checkpoint: {other}"),
        });
        parsed.collect()
    }
}

fn id(number: u32) -> EventId {
    event(number, Action::UserDisabled).id
}

/// An event that came from somewhere.
fn by_user(number: u32, user: UserId) -> Event {
    Event {
        actor: Actor::User(user),
        client: Some(ClientNetwork::from(std::net::IpAddr::from([
            203, 0, 113, 77,
        ]))),
        resource: Some(Resource::User(user)),
        ..event(number, Action::StorageDefaultChanged)
    }
}
