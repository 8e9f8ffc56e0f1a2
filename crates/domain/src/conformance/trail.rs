//! What every audit trail does, whatever database lies beneath.
//!
//! A case panics where the port's promises are not kept, so a failure names the behaviour. It knows no
//! hash: any bytes are one here.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case is a test: it fails by panicking"
)]

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use crate::conformance::repositories::SavedEvents;
use crate::context::{Actor, ClientNetwork, RequestId};
use crate::event::{Action, Event, Resource};
use crate::id::{EventId, UserId};
use crate::ports::events::Events;
use crate::ports::trail::{Term, Trail};
use crate::time::Timestamp;
use crate::trail::{ChainHash, ChainHead, Checkpoint, CheckpointKey, Link, TrailEvent};

pub mod chain;
pub mod checkpoints;
pub mod listing;
pub mod terms;

/// What is under test, with nothing in it.
pub struct Ports {
    /// The trail.
    pub trail: Arc<dyn Trail>,
    /// The way in.
    pub events: Arc<dyn Events>,
    /// It is dropped last, so it may own the database.
    pub saved: Box<dyn SavedEvents>,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports")
    }
}

/// Makes one `#[tokio::test]` of every case of [`conformance::trail`](self).
///
/// `$module` becomes the tests' module. `$fresh` is an expression that gives [`Ports`]; it may await,
/// and names what it needs by paths from `crate`.
#[macro_export]
macro_rules! trail_conformance {
    ($module:ident, $fresh:expr) => {
        mod $module {
            $crate::trail_conformance! { @groups $fresh;
                terms {
                    a_term_keeps_others_out_until_its_lease_ends,
                    a_term_by_a_clock_ahead_keeps_nobody_out,
                    a_term_that_was_ended_keeps_nobody_out,
                    a_term_that_is_over_ends_no_other,
                    of_racing_terms_one_begins,
                }
                chain {
                    a_trail_begins_empty,
                    events_wait_in_the_order_in_which_they_came,
                    a_link_comes_back_as_it_was,
                    appended_events_wait_no_more,
                    an_append_lengthens_the_term,
                    a_link_that_follows_another_end_is_not_appended,
                    a_term_that_is_over_appends_nothing,
                    an_append_that_fails_leaves_everything_as_it_was,
                    an_event_that_has_its_place_does_not_wait_again,
                    of_racing_appends_one_wins,
                    more_links_than_a_statement_takes_are_appended,
                    links_are_read_page_by_page,
                }
                checkpoints {
                    a_checkpoint_comes_back_as_it_was,
                    checkpoints_come_in_order,
                    a_term_that_is_over_adds_no_checkpoint,
                    checkpoints_are_read_page_by_page,
                }
                listing {
                    links_are_listed_latest_first_page_by_page,
                    links_are_listed_by_filter,
                }
            }
        }
    };
    (@groups $fresh:expr; $($group:ident { $($case:ident),+ $(,)? })+) => {
        $(mod $group {
            $(#[tokio::test]
            async fn $case() {
                let ports: $crate::conformance::trail::Ports = $fresh;
                $crate::conformance::trail::$group::$case(&ports).await;
            })+
        })+
    };
}

/// 2026-11-23T08:15:30.123456Z: every digit of a microsecond counts.
const NOW: Timestamp = Timestamp::from_unix_micros(1_795_421_730_123_456);

const LEASE: Duration = Duration::from_secs(30);

/// An event that is told apart by its number.
fn event(number: u32) -> Event {
    Event {
        id: EventId::from_bytes(u128::from(number).to_be_bytes()),
        at: NOW.plus(Duration::from_secs(number.into())),
        actor: Actor::User(UserId::from_bytes([7; 16])),
        request: RequestId([9; 16]),
        client: Some(ClientNetwork::from(IpAddr::V4(Ipv4Addr::LOCALHOST))),
        action: Action::StorageDefaultChanged,
        resource: Some(Resource::User(UserId::from_bytes([7; 16]))),
    }
}

fn id(number: u32) -> EventId {
    event(number).id
}

/// The links that these events become, behind the link at this position.
fn links(after: u64, events: Vec<TrailEvent>) -> Vec<Link> {
    let placed = (after + 1..).zip(events);
    let links = placed.map(|(position, event)| Link {
        position,
        event,
        hash: hash(position),
    });
    links.collect()
}

/// Any bytes that tell one position from another.
fn hash(position: u64) -> ChainHash {
    let mut bytes = [0xcc; 32];
    bytes[24..].copy_from_slice(&position.to_be_bytes());
    ChainHash(bytes)
}

const fn checkpoint(head: ChainHead) -> Checkpoint {
    Checkpoint {
        head,
        at: NOW,
        key: CheckpointKey([0xab; 16]),
        signature: [0xcd; 64],
    }
}

impl Ports {
    /// Records an event of each number.
    async fn recorded(&self, numbers: impl IntoIterator<Item = u32>) {
        for number in numbers {
            self.events.record(&event(number)).await.unwrap();
        }
    }

    async fn waiting(&self) -> Vec<TrailEvent> {
        self.trail.waiting(10_000).await.unwrap()
    }

    async fn term(&self, now: Timestamp) -> Term {
        let begun = self.trail.begin_term(now, LEASE).await;
        begun.unwrap().expect("nobody's term lasts")
    }

    async fn append(&self, term: Term, links: &[Link]) -> bool {
        let appended = self.trail.append(term, links, NOW.plus(LEASE)).await;
        appended.unwrap()
    }

    /// Gives a place to everything that waits.
    async fn placed(&self) -> Vec<Link> {
        let term = self.term(NOW).await;
        let head = self.head().await;
        let links = links(head.position, self.waiting().await);
        assert!(self.append(term, &links).await);
        self.trail.end_term(term, NOW).await.unwrap();
        links
    }

    async fn head(&self) -> ChainHead {
        self.trail.standing().await.unwrap().head
    }

    async fn all(&self) -> Vec<Link> {
        self.trail.links(0, 10_000).await.unwrap()
    }
}
