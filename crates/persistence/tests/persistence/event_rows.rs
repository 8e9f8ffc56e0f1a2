//! How an event stands in its row: what an export or a verifier will read.

use std::net::{IpAddr, Ipv4Addr};

use wharf_domain::context::{Actor, ClientNetwork, RequestId};
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{ConnectionId, EventId, UserId};
use wharf_domain::ports::events::Events;
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;

use crate::scratch::{Place, Scratch};

crate::on_both!(an_event_stands_in_its_row_with_all_it_holds);

/// The same on both sides: instants in microseconds, ids in hexadecimal.
const ON_SQLITE: &str = "
    SELECT lower(hex(id)) || ' ' || occurred_at || ' ' || actor_kind || ' ' ||
        coalesce(nullif(lower(hex(actor_id)), ''), '-') || ' ' || action || ' ' || outcome || ' ' ||
        coalesce(resource_kind, '-') || ' ' || coalesce(nullif(lower(hex(resource_id)), ''), '-') || ' ' ||
        request_id || ' ' || coalesce(client_network, '-') || ' ' || metadata AS line
    FROM audit_events ORDER BY seq";
const ON_POSTGRES: &str = "
    SELECT replace(id::text, '-', '') || ' ' ||
        (extract(epoch FROM occurred_at) * 1000000)::bigint || ' ' || actor_kind || ' ' ||
        coalesce(replace(actor_id::text, '-', ''), '-') || ' ' || action || ' ' || outcome || ' ' ||
        coalesce(resource_kind, '-') || ' ' ||
        coalesce(replace(resource_id::text, '-', ''), '-') || ' ' ||
        request_id || ' ' || coalesce(client_network, '-') || ' ' || metadata
    FROM audit_events ORDER BY seq";

async fn an_event_stands_in_its_row_with_all_it_holds(scratch: Scratch) {
    let connected = Event {
        id: EventId::from_bytes([0xaa; 16]),
        at: Timestamp::from_unix_micros(1_795_421_730_123_456),
        actor: Actor::User(UserId::from_bytes([0xbb; 16])),
        request: RequestId([0xcc; 16]),
        client: Some(ClientNetwork::from(IpAddr::V4(Ipv4Addr::new(
            203, 0, 113, 77,
        )))),
        action: Action::CloudConnected {
            provider: Provider::Webdav,
        },
        resource: Some(Resource::Connection(ConnectionId::from_bytes([0xdd; 16]))),
    };
    let refused = Event {
        id: EventId::from_bytes([0xee; 16]),
        at: Timestamp::from_unix_micros(-1),
        actor: Actor::Anonymous,
        client: None,
        action: Action::SessionRefused,
        resource: None,
        ..connected.clone()
    };
    let mut stored = connected.clone();
    stored.id = EventId::from_bytes([0xff; 16]);
    stored.action = Action::DocumentStored { size_bytes: 7 };
    for event in [&connected, &refused, &stored] {
        scratch.database.record(event).await.unwrap();
    }

    let query = match scratch.place {
        Place::Sqlite(_) => ON_SQLITE,
        Place::Postgres(_) => ON_POSTGRES,
    };
    let (a, b, c) = ("aa".repeat(16), "bb".repeat(16), "cc".repeat(16));
    let (d, e, f) = ("dd".repeat(16), "ee".repeat(16), "ff".repeat(16));
    let network = "203.0.113.0/24";
    let at = "1795421730123456";
    assert_eq!(
        scratch.place.lines(query).await,
        [
            format!(
                "{a} {at} user {b} cloud.connected done connection {d} {c} {network} \
                 {{\"provider\":\"webdav\"}}"
            ),
            format!("{e} -1 anonymous - session.refused refused - - {c} - {{}}"),
            format!(
                "{f} {at} user {b} document.stored done connection {d} {c} {network} \
                 {{\"size_bytes\":7}}"
            ),
        ]
    );
}
