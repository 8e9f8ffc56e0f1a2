//! How links and checkpoints stand in their rows. It knows no query.

use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::trail::{
    ChainHash, ChainHead, Checkpoint, CheckpointKey, KeptClient, Link, TrailEvent,
};

use crate::schema::{audit_checkpoints, audit_events, audit_trail};
use crate::sql_types::{IdBytes, UnixMicros};

/// An event that waits for its place.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(Pg, Sqlite))]
pub(super) struct WaitingRow {
    pub(super) seq: i64,
    pub(super) id: IdBytes,
    occurred_at: UnixMicros,
    actor_kind: String,
    actor_id: Option<IdBytes>,
    action: String,
    outcome: String,
    resource_kind: Option<String>,
    resource_id: Option<IdBytes>,
    request_id: String,
    client_network: Option<String>,
    metadata: String,
}

impl From<WaitingRow> for TrailEvent {
    fn from(row: WaitingRow) -> Self {
        Self {
            id: row.id.into(),
            at: row.occurred_at.into(),
            actor_kind: row.actor_kind,
            actor: row.actor_id.map(Into::into),
            action: row.action,
            outcome: row.outcome,
            resource_kind: row.resource_kind,
            resource: row.resource_id.map(|IdBytes(id)| id),
            request: row.request_id,
            client: row.client_network.map(KeptClient::Open),
            metadata: row.metadata,
        }
    }
}

/// A link of the chain.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_trail, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(crate) struct LinkRow {
    position: i64,
    id: IdBytes,
    occurred_at: UnixMicros,
    actor_kind: String,
    actor_id: Option<IdBytes>,
    action: String,
    outcome: String,
    resource_kind: Option<String>,
    resource_id: Option<IdBytes>,
    request_id: String,
    client_network: Option<String>,
    client_sealed: Option<Vec<u8>>,
    metadata: String,
    hash: Vec<u8>,
}

impl From<&Link> for LinkRow {
    fn from(link: &Link) -> Self {
        let Link {
            position,
            event,
            hash,
        } = link;
        let (client_network, client_sealed) = match &event.client {
            None => (None, None),
            Some(KeptClient::Open(network)) => (Some(network.clone()), None),
            Some(KeptClient::Sealed(record)) => (None, Some(record.clone())),
        };
        Self {
            position: number(*position),
            id: event.id.into(),
            occurred_at: event.at.into(),
            actor_kind: event.actor_kind.clone(),
            actor_id: event.actor.map(IdBytes::from),
            action: event.action.clone(),
            outcome: event.outcome.clone(),
            resource_kind: event.resource_kind.clone(),
            resource_id: event.resource.map(IdBytes),
            request_id: event.request.clone(),
            client_network,
            client_sealed,
            metadata: event.metadata.clone(),
            hash: hash.0.to_vec(),
        }
    }
}

impl TryFrom<LinkRow> for Link {
    type Error = RepositoryError;

    fn try_from(row: LinkRow) -> Result<Self, RepositoryError> {
        let broken = |column| inconsistent("audit_trail", column, row.position);
        let client = match (row.client_network, row.client_sealed) {
            (None, None) => None,
            (Some(network), None) => Some(KeptClient::Open(network)),
            (None, Some(record)) => Some(KeptClient::Sealed(record)),
            (Some(_), Some(_)) => return Err(broken("client_network")),
        };
        let hash = row.hash.as_slice().try_into();
        Ok(Self {
            position: row.position.try_into().map_err(|_| broken("position"))?,
            hash: hash.map(ChainHash).map_err(|_| broken("hash"))?,
            event: TrailEvent {
                id: row.id.into(),
                at: row.occurred_at.into(),
                actor_kind: row.actor_kind,
                actor: row.actor_id.map(Into::into),
                action: row.action,
                outcome: row.outcome,
                resource_kind: row.resource_kind,
                resource: row.resource_id.map(|IdBytes(id)| id),
                request: row.request_id,
                client,
                metadata: row.metadata,
            },
        })
    }
}

/// A checkpoint.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_checkpoints, check_for_backend(Pg, Sqlite))]
pub(super) struct CheckpointRow {
    position: i64,
    hash: Vec<u8>,
    signed_at: UnixMicros,
    key_id: Vec<u8>,
    signature: Vec<u8>,
}

impl From<&Checkpoint> for CheckpointRow {
    fn from(checkpoint: &Checkpoint) -> Self {
        let Checkpoint {
            head,
            at,
            key,
            signature,
        } = checkpoint;
        Self {
            position: number(head.position),
            hash: head.hash.0.to_vec(),
            signed_at: (*at).into(),
            key_id: key.0.to_vec(),
            signature: signature.to_vec(),
        }
    }
}

impl TryFrom<CheckpointRow> for Checkpoint {
    type Error = RepositoryError;

    fn try_from(row: CheckpointRow) -> Result<Self, RepositoryError> {
        let broken = |column| inconsistent("audit_checkpoints", column, row.position);
        let (hash, key) = (row.hash.as_slice(), row.key_id.as_slice());
        let (hash, key) = (hash.try_into(), key.try_into());
        let signature = row.signature.as_slice().try_into();
        Ok(Self {
            head: ChainHead {
                position: row.position.try_into().map_err(|_| broken("position"))?,
                hash: hash.map(ChainHash).map_err(|_| broken("hash"))?,
            },
            at: row.signed_at.into(),
            key: key.map(CheckpointKey).map_err(|_| broken("key_id"))?,
            signature: signature.map_err(|_| broken("signature"))?,
        })
    }
}

/// The end of a chain as its row has it.
pub(super) fn read_head(row: Option<(i64, Vec<u8>)>) -> Result<ChainHead, RepositoryError> {
    let Some((position, hash)) = row else {
        return Ok(ChainHead::START);
    };
    let broken = |column| inconsistent("audit_trail", column, position);
    let hash = hash.as_slice().try_into();
    Ok(ChainHead {
        position: position.try_into().map_err(|_| broken("position"))?,
        hash: hash.map(ChainHash).map_err(|_| broken("hash"))?,
    })
}

/// A position as the databases count. They hold none that is too large.
pub(super) fn number(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn inconsistent(table: &'static str, column: &'static str, position: i64) -> RepositoryError {
    RepositoryError::Inconsistent {
        table,
        column,
        row: position.to_string(),
    }
}
