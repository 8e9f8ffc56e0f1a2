//! The audit events, as rows that are only ever added.

use async_trait::async_trait;
use diesel::QueryResult;
use diesel::prelude::Insertable;
use diesel_async::RunQueryDsl as _;
use serde_json::{Map, Value};
use wharf_domain::event::{Action, Event, MetadataValue, Resource};
use wharf_domain::ports::events::Events;
use wharf_domain::ports::repository::RepositoryError;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::schema::audit_events;
use crate::sql_types::{IdBytes, UnixMicros};

#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
struct EventRow {
    id: IdBytes,
    occurred_at: UnixMicros,
    actor_kind: &'static str,
    actor_id: Option<IdBytes>,
    action: &'static str,
    outcome: &'static str,
    resource_kind: Option<&'static str>,
    resource_id: Option<IdBytes>,
    request_id: String,
    client_network: Option<String>,
    metadata: String,
}

impl From<&Event> for EventRow {
    fn from(event: &Event) -> Self {
        Self {
            id: event.id.into(),
            occurred_at: event.at.into(),
            actor_kind: event.actor.kind(),
            actor_id: event.actor.user().map(IdBytes::from),
            action: event.action.name(),
            outcome: event.action.outcome().as_str(),
            resource_kind: event.resource.as_ref().map(Resource::kind),
            resource_id: event.resource.map(|resource| IdBytes(*resource.id_bytes())),
            request_id: event.request.to_string(),
            client_network: event.client.map(|network| network.to_string()),
            metadata: metadata(&event.action),
        }
    }
}

fn metadata(action: &Action) -> String {
    let members = action.metadata().map(|(name, value)| {
        let value = match value {
            MetadataValue::Name(name) => Value::from(name),
            MetadataValue::Names(names) => Value::from(names),
            MetadataValue::Number(number) => Value::from(number),
            MetadataValue::Key(key) => Value::from(key.to_string()),
        };
        (name.to_owned(), value)
    });
    Value::Object(Map::from_iter(members)).to_string()
}

/// Saves an event on a connection that may have a transaction open.
pub(crate) async fn save(conn: &mut Conn, event: &Event) -> QueryResult<()> {
    let row = EventRow::from(event);
    with_conn!(conn, |conn| diesel::insert_into(audit_events::table)
        .values(row)
        .execute(conn)
        .await)?;
    Ok(())
}

#[async_trait]
impl Events for Database {
    async fn record(&self, event: &Event) -> Result<(), RepositoryError> {
        let transaction = self.begin().await?;
        let event = std::slice::from_ref(event);
        transaction.conclude(Ok(Some(())), event).await?;
        Ok(())
    }
}
