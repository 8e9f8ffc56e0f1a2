//! No two events are spelled alike.

use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::{collection, option};
use wharf_audit::canonical;
use wharf_domain::id::{EventId, UserId};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{KeptClient, TrailEvent};

/// Of few letters, so that texts that differ in where they end are common.
fn text() -> impl Strategy<Value = String> {
    "[ab\u{0}\u{1}]{0,3}"
}

fn client() -> impl Strategy<Value = KeptClient> {
    prop_oneof![
        text().prop_map(KeptClient::Open),
        collection::vec(0..2_u8, 0..3).prop_map(KeptClient::Sealed),
    ]
}

fn event() -> impl Strategy<Value = TrailEvent> {
    let id = || prop_oneof![any::<[u8; 16]>(), (0..2_u8).prop_map(|byte| [byte; 16])];
    let who = (text(), option::of(id()), text(), text());
    let what = (option::of(text()), option::of(id()), text(), text());
    let rest = (id(), -1..2_i64, option::of(client()));
    (who, what, rest).prop_map(|(who, what, rest)| {
        let (actor_kind, actor, action, outcome) = who;
        let (resource_kind, resource, request, metadata) = what;
        let (id, at, client) = rest;
        TrailEvent {
            id: EventId::from_bytes(id),
            at: Timestamp::from_unix_micros(at),
            actor_kind,
            actor: actor.map(UserId::from_bytes),
            action,
            outcome,
            resource_kind,
            resource,
            request,
            client,
            metadata,
        }
    })
}

fn spelled(position: u64, event: &TrailEvent) -> Vec<u8> {
    let mut bytes = Vec::new();
    canonical::write(&mut bytes, position, event);
    bytes
}

/// Moves the last character of a text to the front of the next: what a spelling without lengths would
/// not show.
fn shifted(event: &TrailEvent) -> TrailEvent {
    let mut shifted = event.clone();
    if let Some(last) = shifted.action.pop() {
        shifted.outcome.insert(0, last);
    }
    shifted
}

proptest! {
    // L-05
    #[test]
    fn events_are_spelled_alike_only_if_they_are_the_same(
        (one, other) in (event(), event()),
        (here, there) in (0..2_u64, 0..2_u64),
    ) {
        let alike = spelled(here, &one) == spelled(there, &other);
        prop_assert_eq!(alike, here == there && one == other);
        let moved = shifted(&one);
        prop_assert_eq!(spelled(here, &one) == spelled(here, &moved), one == moved);
    }
}
