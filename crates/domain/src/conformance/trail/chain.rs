//! How events come to their places.

use futures_util::future::join_all;

use super::{LEASE, NOW, Ports, event, hash, id, links};
use crate::context::Actor;
use crate::id::UserId;
use crate::ports::trail::Standing;
use crate::time::Timestamp;
use crate::trail::{ChainHead, KeptClient, TrailEvent};

/// Nothing waits, nothing is there.
pub async fn a_trail_begins_empty(ports: &Ports) {
    let standing = ports.trail.standing().await.unwrap();
    let nothing = Standing {
        head: ChainHead::START,
        checkpoint: None,
    };
    assert_eq!(standing, nothing);
    assert_eq!(ports.waiting().await, []);
    assert_eq!(ports.trail.count_waiting().await.unwrap(), 0);
    assert_eq!(ports.all().await, []);
}

/// So many as were asked for, with all that they hold.
pub async fn events_wait_in_the_order_in_which_they_came(ports: &Ports) {
    ports.recorded([3, 1, 2]).await;
    let waiting = ports.waiting().await;
    let ids: Vec<_> = waiting.iter().map(|event| event.id).collect();
    assert_eq!(ids, [id(3), id(1), id(2)]);
    assert_eq!(ports.trail.waiting(2).await.unwrap(), waiting[..2]);
    assert_eq!(ports.trail.count_waiting().await.unwrap(), 3);

    let recorded = event(3);
    let expected = TrailEvent {
        id: recorded.id,
        at: recorded.at,
        actor_kind: "user".to_owned(),
        actor: recorded.actor.user(),
        action: "storage.default_changed".to_owned(),
        outcome: "done".to_owned(),
        resource_kind: Some("user".to_owned()),
        resource: Some([7; 16]),
        request: "09".repeat(16),
        client: Some(KeptClient::Open("127.0.0.0/24".to_owned())),
        metadata: "{}".to_owned(),
    };
    assert_eq!(waiting[0], expected);
}

/// Whatever is in it: what a newer version writes has its place as well.
pub async fn a_link_comes_back_as_it_was(ports: &Ports) {
    let mut sealed = unheard(1);
    sealed.client = Some(KeptClient::Sealed((0..=255).collect()));
    let mut open = unheard(2);
    open.client = Some(KeptClient::Open("2001:db8:1::/48".to_owned()));
    let mut gone = unheard(3);
    gone.client = Some(KeptClient::Sealed(Vec::new()));
    let bare = TrailEvent {
        at: Timestamp::from_unix_micros(-1),
        actor_kind: String::new(),
        actor: None,
        action: "odd \u{202e}'\"\\\n".to_owned(),
        resource_kind: None,
        resource: None,
        request: String::new(),
        client: None,
        metadata: String::new(),
        ..unheard(4)
    };
    let links = links(0, vec![sealed, open, gone, bare]);
    let term = ports.term(NOW).await;
    assert!(ports.append(term, &links).await);

    assert_eq!(ports.all().await, links);
    assert_eq!(ports.head().await, links[3].head());
}

/// Those that came meanwhile wait on.
pub async fn appended_events_wait_no_more(ports: &Ports) {
    ports.recorded([1, 2]).await;
    let links = links(0, ports.waiting().await);
    ports.recorded([3]).await;
    let term = ports.term(NOW).await;
    assert!(ports.append(term, &links).await);

    let ids: Vec<_> = ports.waiting().await.iter().map(|event| event.id).collect();
    assert_eq!(ids, [id(3)]);
    assert_eq!(ports.trail.count_waiting().await.unwrap(), 1);
    ports.trail.end_term(term, NOW).await.unwrap();
    assert_eq!(ports.placed().await[0].position, 3);
    let ids: Vec<_> = ports.all().await.iter().map(|link| link.event.id).collect();
    assert_eq!(ids, [id(1), id(2), id(3)]);
}

/// Whoever appends stays the one who does.
pub async fn an_append_lengthens_the_term(ports: &Ports) {
    ports.recorded([1]).await;
    let term = ports.term(NOW).await;
    let links = links(0, ports.waiting().await);
    let later = NOW.plus(LEASE);
    let appended = ports.trail.append(term, &links, later.plus(LEASE)).await;
    assert!(appended.unwrap());
    let other = ports.trail.begin_term(later, LEASE).await;
    assert_eq!(other.unwrap(), None);
}

/// Neither a gap nor a second link at the same place.
pub async fn a_link_that_follows_another_end_is_not_appended(ports: &Ports) {
    ports.recorded([1, 2, 3]).await;
    let events = ports.waiting().await;
    let term = ports.term(NOW).await;
    assert!(ports.append(term, &links(0, events[..1].to_vec())).await);
    for after in [0, 2, 7] {
        let wrong = links(after, events[1..].to_vec());
        assert!(!ports.append(term, &wrong).await, "behind {after}");
    }
    assert!(!ports.append(term, &[]).await);
    assert_eq!(ports.all().await.len(), 1);
    assert_eq!(ports.waiting().await.len(), 2);
    assert!(ports.append(term, &links(1, events[1..].to_vec())).await);
}

/// Though it does not know yet that it is over.
pub async fn a_term_that_is_over_appends_nothing(ports: &Ports) {
    ports.recorded([1]).await;
    let links = links(0, ports.waiting().await);
    let first = ports.term(NOW).await;
    let second = ports.term(NOW.plus(LEASE)).await;
    assert!(!ports.append(first, &links).await);
    assert_eq!(ports.all().await, []);
    assert_eq!(ports.waiting().await.len(), 1);
    assert!(ports.append(second, &links).await);
}

/// All of it or nothing.
pub async fn an_append_that_fails_leaves_everything_as_it_was(ports: &Ports) {
    ports.recorded([1]).await;
    let placed = ports.placed().await;
    ports.recorded([2]).await;
    let mut events = ports.waiting().await;
    events.push(placed[0].event.clone());
    let term = ports.term(NOW).await;
    let links = links(1, events);
    let again = ports.trail.append(term, &links, NOW.plus(LEASE)).await;
    assert!(again.is_err());
    assert_eq!(ports.all().await, placed);
    assert_eq!(ports.waiting().await[0].id, id(2));
}

/// It is not given again, so that nothing stands in the way of the others; but it is counted.
pub async fn an_event_that_has_its_place_does_not_wait_again(ports: &Ports) {
    ports.recorded([1]).await;
    ports.placed().await;
    ports.recorded([1, 2]).await;
    let ids: Vec<_> = ports.waiting().await.iter().map(|event| event.id).collect();
    assert_eq!(ids, [id(2)]);
    let one = ports.trail.waiting(1).await.unwrap();
    assert_eq!(one.first().map(|event| event.id), Some(id(2)));
    assert_eq!(ports.trail.count_waiting().await.unwrap(), 2);
    ports.placed().await;
    assert_eq!(ports.all().await.len(), 2);
}

/// However many try at once.
pub async fn of_racing_appends_one_wins(ports: &Ports) {
    ports.recorded(1..=20).await;
    let links = links(0, ports.waiting().await);
    let term = ports.term(NOW).await;
    let racing = (0..4).map(|_| ports.append(term, &links));
    let appended = join_all(racing).await;
    assert_eq!(appended.into_iter().filter(|won| *won).count(), 1);
    assert_eq!(ports.all().await, links);
    assert_eq!(ports.waiting().await, []);
}

/// Together or not at all.
pub async fn more_links_than_a_statement_takes_are_appended(ports: &Ports) {
    let events = (1..=1_100).map(unheard).collect();
    let links = links(0, events);
    let term = ports.term(NOW).await;
    assert!(ports.append(term, &links).await);
    assert_eq!(ports.all().await, links);
}

/// In order, from anywhere.
pub async fn links_are_read_page_by_page(ports: &Ports) {
    ports.recorded(1..=5).await;
    let links = ports.placed().await;
    let read = |after, limit| ports.trail.links(after, limit);
    assert_eq!(read(0, 2).await.unwrap(), links[..2]);
    assert_eq!(read(2, 2).await.unwrap(), links[2..4]);
    assert_eq!(read(4, 2).await.unwrap(), links[4..]);
    assert_eq!(read(5, 2).await.unwrap(), []);
    assert_eq!(read(u64::MAX, 2).await.unwrap(), []);
    assert_eq!(links[4].hash, hash(5));
}

/// An event as only a newer version would write it.
fn unheard(number: u32) -> TrailEvent {
    TrailEvent {
        id: id(number),
        at: NOW,
        actor_kind: Actor::Operator.kind().to_owned(),
        actor: Some(UserId::from_bytes([1; 16])),
        action: "something.new".to_owned(),
        outcome: "unheard_of".to_owned(),
        resource_kind: Some("thing".to_owned()),
        resource: Some([2; 16]),
        request: "ab".repeat(16),
        client: None,
        metadata: "{\"b\":1,  \"a\":2}".to_owned(),
    }
}
