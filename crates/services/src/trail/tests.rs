//! What needs no database.

use wharf_domain::id::{EventId, UserId};
use wharf_domain::trail::{ChainHash, TrailEvent};

use super::*;

fn link(at: i64, position: u64) -> Link {
    Link {
        position,
        hash: ChainHash([0; 32]),
        event: TrailEvent {
            id: EventId::from_bytes([1; 16]),
            at: Timestamp::from_unix_micros(at),
            actor_kind: String::new(),
            actor: None,
            action: String::new(),
            outcome: String::new(),
            resource_kind: None,
            resource: None,
            request: String::new(),
            client: None,
            metadata: String::new(),
        },
    }
}

#[test]
fn a_cursor_tells_the_place_in_the_list() {
    for (at, position) in [
        (0, 1),
        (1_795_421_730_123_456, 7),
        (-1, u64::MAX),
        (i64::MIN, 0),
    ] {
        let link = link(at, position);
        assert_eq!(read_position(position_of(&link)), ListedAt::from(&link));
    }
}

#[test]
fn a_cursor_is_good_for_its_filter_alone() {
    let anything = TrailFilter::default;
    let (mut actor, mut resource, mut action) = (anything(), anything(), anything());
    actor.actor = Some(UserId::from_bytes([1; 16]));
    resource.resource = Some([1; 16]);
    action.action = Some("done".to_owned());
    let (mut outcome, mut from, mut until) = (anything(), anything(), anything());
    outcome.outcome = Some("done".to_owned());
    from.from = Some(Timestamp::from_unix_micros(1));
    until.until = Some(Timestamp::from_unix_micros(1));
    let filters = [anything(), actor, resource, action, outcome, from, until];
    let mut lists: Vec<u64> = filters.iter().map(fingerprint_of).collect();
    lists.sort_unstable();
    lists.dedup();
    assert_eq!(lists.len(), filters.len());
}
