//! How an event of the audit trail looks to an admin.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wharf::domain::id::UserId;
use wharf::domain::trail::{Link, TrailEvent};
use wharf::services::trail::{ShownClient, ShownEvent};

/// What stands for what was destroyed with its user's key (L-08).
const ERASED: &str = "[erased]";

/// What stands for what does not open.
const UNREADABLE: &str = "[unreadable]";

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEvent {
    /// Its place in the trail: 1 for the first, without gaps.
    position: u64,
    /// The event's id.
    #[schema(format = Uuid)]
    id: String,
    /// When it happened.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it.
    actor: AuditActor,
    /// What was done.
    #[schema(example = "cloud.connected")]
    action: String,
    /// What came of it: `done` or `refused`.
    #[schema(example = "done")]
    outcome: String,
    /// To what it was done.
    #[schema(required)]
    resource: Option<AuditResource>,
    /// Through which request; the log and the answer named it too.
    request_id: String,
    /// Where the request came from: a /24 of IPv4 or a /48 of IPv6. `[erased]` if its user is gone.
    #[schema(required, example = "203.0.113.0/24")]
    client_network: Option<String>,
    /// What else is recorded.
    #[schema(value_type = Object)]
    metadata: Value,
    /// The hash that binds it to all before it: 64 hexadecimal digits.
    hash: String,
}

/// Who did something.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditActor {
    /// `user`, `operator`, `system`, or `anonymous` for somebody who had not proven who they are.
    #[schema(example = "user")]
    kind: String,
    /// The user, if one acted.
    #[schema(required, format = Uuid)]
    id: Option<String>,
}

/// What something was done to.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditResource {
    /// `user`, `connection` or `document`.
    #[schema(example = "connection")]
    kind: String,
    /// Its id.
    #[schema(required, format = Uuid)]
    id: Option<String>,
}

impl From<ShownEvent> for AuditEvent {
    fn from(shown: ShownEvent) -> Self {
        let ShownEvent { link, client } = shown;
        let Link {
            position,
            event,
            hash,
        } = link;
        let TrailEvent {
            id,
            at,
            actor_kind,
            actor,
            action,
            outcome,
            resource_kind,
            resource,
            request,
            client: _,
            metadata,
        } = event;
        Self {
            position,
            id: id.to_string(),
            at: at.to_string(),
            actor: AuditActor {
                kind: actor_kind,
                id: actor.map(|actor| actor.to_string()),
            },
            action,
            outcome,
            resource: resource_kind.map(|kind| AuditResource {
                kind,
                // All ids are written alike.
                id: resource.map(|id| UserId::from_bytes(id).to_string()),
            }),
            request_id: request,
            client_network: client.map(|client| match client {
                ShownClient::Network(network) => network,
                ShownClient::Erased => ERASED.to_owned(),
                ShownClient::Unreadable => UNREADABLE.to_owned(),
            }),
            metadata: serde_json::from_str(&metadata).unwrap_or(Value::String(metadata)),
            hash: hash.to_string(),
        }
    }
}
