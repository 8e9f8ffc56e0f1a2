//! The connections.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, DisplayName, Endpoint,
    MAX_CONNECTIONS_PER_USER, ReauthReason, SealedCredential,
};
use wharf_domain::event::Event;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::connections::{Connections, Disconnected};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::provider::Provider;
use wharf_domain::step::Step;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::dialect;
use crate::error::query_failed;
use crate::outbox;
use crate::schema::{connections, documents, erasure_parts, users};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::{Transaction, changed};

/// The status that only a new credential ends.
pub(crate) const REFUSED: &str =
    ConnectionState::RequiresReauth(ReauthReason::PasswordRefused).as_str();

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = connections, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(crate) struct ConnectionRow {
    id: IdBytes,
    owner_id: IdBytes,
    provider: String,
    account_key: String,
    endpoint: String,
    display_name: String,
    status: String,
    status_reason: Option<String>,
    status_since: UnixMicros,
    credential: Option<Vec<u8>>,
    credential_version: i64,
    credential_renewed_at: UnixMicros,
    created_at: UnixMicros,
}

impl From<&Connection> for ConnectionRow {
    fn from(connection: &Connection) -> Self {
        let ConnectionStatus { state, since } = connection.status;
        Self {
            id: connection.id.into(),
            owner_id: connection.owner.into(),
            provider: connection.provider.as_str().to_owned(),
            account_key: connection.account.0.clone(),
            endpoint: connection.endpoint.0.clone(),
            display_name: connection.display_name.as_str().to_owned(),
            status: state.as_str().to_owned(),
            status_reason: state.reason().map(str::to_owned),
            status_since: since.into(),
            credential: connection
                .credential
                .as_ref()
                .map(|sealed| sealed.0.clone()),
            credential_version: connection.credential_version.into(),
            credential_renewed_at: connection.renewed_at.into(),
            created_at: connection.created_at.into(),
        }
    }
}

impl TryFrom<ConnectionRow> for Connection {
    type Error = RepositoryError;

    fn try_from(row: ConnectionRow) -> Result<Self, RepositoryError> {
        let broken = |column| RepositoryError::Inconsistent {
            table: "connections",
            column,
            row: row.id.to_string(),
        };
        let state = ConnectionState::from_parts(&row.status, row.status_reason.as_deref());
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            provider: row.provider.parse().map_err(|_| broken("provider"))?,
            display_name: row
                .display_name
                .parse()
                .map_err(|_| broken("display_name"))?,
            status: ConnectionStatus {
                state: state.ok_or_else(|| broken("status"))?,
                since: row.status_since.into(),
            },
            credential_version: row
                .credential_version
                .try_into()
                .map_err(|_| broken("credential_version"))?,
            renewed_at: row.credential_renewed_at.into(),
            account: AccountKey(row.account_key),
            endpoint: Endpoint(row.endpoint),
            credential: row.credential.map(SealedCredential),
            created_at: row.created_at.into(),
        })
    }
}

#[async_trait]
impl Connections for Database {
    async fn insert(
        &self,
        connection: &Connection,
        events: &[Event],
    ) -> Result<(), RepositoryError> {
        let row = ConnectionRow::from(connection);
        let mut transaction = self.begin().await?;
        let inserted = insert_within_limit(transaction.conn(), row).await;
        conclude(transaction, inserted, events).await.map(drop)
    }

    async fn find(
        &self,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Option<Connection>, RepositoryError> {
        let row: Option<ConnectionRow> =
            with_conn!(&mut self.acquire().await?, |conn| connections::table
                .find(IdBytes::from(id))
                .filter(connections::owner_id.eq(IdBytes::from(owner)))
                .select(ConnectionRow::as_select())
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        row.map(Connection::try_from).transpose()
    }

    async fn find_account(
        &self,
        owner: UserId,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<Option<Connection>, RepositoryError> {
        let row: Option<ConnectionRow> =
            with_conn!(&mut self.acquire().await?, |conn| connections::table
                .filter(connections::owner_id.eq(IdBytes::from(owner)))
                .filter(connections::provider.eq(provider.as_str()))
                .filter(connections::account_key.eq(&account.0))
                .select(ConnectionRow::as_select())
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        row.map(Connection::try_from).transpose()
    }

    async fn is_account_live(
        &self,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<bool, RepositoryError> {
        let mut conn = self.acquire().await?;
        let live: i64 = with_conn!(&mut conn, |conn| connections::table
            .filter(connections::provider.eq(provider.as_str()))
            .filter(connections::account_key.eq(&account.0))
            .filter(connections::credential.is_not_null())
            .count()
            .get_result(conn)
            .await)
        .map_err(query_failed)?;
        let doomed: i64 = with_conn!(&mut conn, |conn| erasure_parts::table
            .filter(erasure_parts::provider.eq(provider.as_str()))
            .filter(erasure_parts::account_key.eq(&account.0))
            .count()
            .get_result(conn)
            .await)
        .map_err(query_failed)?;
        Ok(live + doomed > 0)
    }

    async fn list(&self, owner: UserId) -> Result<Vec<Connection>, RepositoryError> {
        let rows: Vec<ConnectionRow> =
            with_conn!(&mut self.acquire().await?, |conn| connections::table
                .filter(connections::owner_id.eq(IdBytes::from(owner)))
                .filter(connections::credential.is_not_null())
                .order((connections::created_at, connections::id))
                .select(ConnectionRow::as_select())
                .load(conn)
                .await)
            .map_err(query_failed)?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    async fn replace_credential(
        &self,
        connection: &Connection,
        replaced: u32,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let row = ConnectionRow::from(connection);
        let mut transaction = self.begin().await?;
        let replaced = replace_within_limit(transaction.conn(), &row, replaced).await;
        conclude(transaction, replaced, events).await
    }

    async fn rename(
        &self,
        owner: UserId,
        id: ConnectionId,
        name: &DisplayName,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let renamed = with_conn!(transaction.conn(), |conn| diesel::update(
            connections::table
        )
        .filter(connections::id.eq(IdBytes::from(id)))
        .filter(connections::owner_id.eq(IdBytes::from(owner)))
        .filter(connections::credential.is_not_null())
        .set(connections::display_name.eq(name.as_str()))
        .execute(conn)
        .await);
        let saved = transaction.conclude(renamed.map(changed), &[]).await?;
        Ok(saved.is_some())
    }

    async fn set_status(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let set = with_conn!(transaction.conn(), |conn| diesel::update(
            connections::table
        )
        .filter(connections::id.eq(IdBytes::from(id)))
        .filter(connections::owner_id.eq(IdBytes::from(owner)))
        .filter(connections::credential_version.eq(i64::from(credential_version)))
        .filter(connections::credential.is_not_null())
        .filter(connections::status.ne(REFUSED))
        .set((
            connections::status.eq(status.state.as_str()),
            connections::status_reason.eq(status.state.reason()),
            connections::status_since.eq(UnixMicros::from(status.since)),
        ))
        .execute(conn)
        .await);
        let saved = transaction.conclude(set.map(changed), events).await?;
        Ok(saved.is_some())
    }

    async fn disconnect(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        steps: &[Step],
        events: &[Event],
    ) -> Result<Option<Disconnected>, RepositoryError> {
        let mut transaction = self.begin().await?;
        let conn = transaction.conn();
        let mut disconnected = destroy_credential(conn, owner, id, credential_version).await;
        if let Ok(Some(_)) = disconnected
            && let Err(error) = outbox::save(conn, steps).await
        {
            disconnected = Err(error);
        }
        transaction.conclude(disconnected, events).await
    }
}

/// What became of a new credential.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Done,
    /// There is another one already.
    Stale,
    /// It would be one connection more than one may have.
    Full,
    /// Its owner is gone, or has no connections.
    OwnerRefused,
}

/// Saves a new credential with its events, if it was kept; whether it was, unless it could not be.
async fn conclude(
    transaction: Transaction,
    kept: QueryResult<Kept>,
    events: &[Event],
) -> Result<bool, RepositoryError> {
    let refusal = match &kept {
        Ok(Kept::Full) => Some(RepositoryError::Full),
        Ok(Kept::OwnerRefused) => Some(RepositoryError::OwnerRefused),
        _ => None,
    };
    let done = kept.map(|kept| (kept == Kept::Done).then_some(()));
    let saved = transaction.conclude(done, events).await?;
    refusal.map_or(Ok(saved.is_some()), Err)
}

async fn insert_within_limit(conn: &mut Conn, row: ConnectionRow) -> QueryResult<Kept> {
    let owner = row.owner_id;
    if !dialect::hold_regular_owner(conn, owner).await? {
        return Ok(Kept::OwnerRefused);
    }
    with_conn!(conn, |conn| diesel::insert_into(connections::table)
        .values(row)
        .execute(conn)
        .await)?;
    if_within_limit(conn, owner).await
}

async fn replace_within_limit(
    conn: &mut Conn,
    row: &ConnectionRow,
    replaced: u32,
) -> QueryResult<Kept> {
    if store_credential(conn, row, replaced, Before::Live).await? {
        return Ok(Kept::Done);
    }
    if !dialect::hold_regular_owner(conn, row.owner_id).await? {
        return Ok(Kept::OwnerRefused);
    }
    if !store_credential(conn, row, replaced, Before::Disconnected).await? {
        return Ok(Kept::Stale);
    }
    if_within_limit(conn, row.owner_id).await
}

/// What a connection was before it got a credential.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Live,
    Disconnected,
}

/// Whether there was a connection like this with the version `replaced`, which has the credential now.
async fn store_credential(
    conn: &mut Conn,
    row: &ConnectionRow,
    replaced: u32,
    before: Before,
) -> QueryResult<bool> {
    let was_live = before == Before::Live;
    let stored = with_conn!(conn, |conn| diesel::update(connections::table)
        .filter(connections::id.eq(row.id))
        .filter(connections::owner_id.eq(row.owner_id))
        .filter(connections::credential_version.eq(i64::from(replaced)))
        .filter(connections::credential.is_not_null().eq(was_live))
        .set((
            connections::credential.eq(row.credential.as_deref()),
            connections::credential_version.eq(row.credential_version),
            connections::credential_renewed_at.eq(row.credential_renewed_at),
            connections::refresh_lease_until.eq(None::<UnixMicros>),
            connections::refresh_claimed_at.eq(None::<UnixMicros>),
            connections::endpoint.eq(&row.endpoint),
            connections::display_name.eq(&row.display_name),
            connections::status.eq(&row.status),
            connections::status_reason.eq(row.status_reason.as_deref()),
            connections::status_since.eq(row.status_since),
        ))
        .execute(conn)
        .await)?;
    Ok(stored > 0)
}

/// Keeps what this transaction adds if the owner has no more connections with it than one may have.
/// Whoever else adds one waits here until it has ended.
async fn if_within_limit(conn: &mut Conn, owner: IdBytes) -> QueryResult<Kept> {
    dialect::take_turns_for(conn, owner).await?;
    let live: i64 = with_conn!(conn, |conn| connections::table
        .filter(connections::owner_id.eq(owner))
        .filter(connections::credential.is_not_null())
        .count()
        .get_result(conn)
        .await)?;
    let live = usize::try_from(live).unwrap_or(usize::MAX);
    Ok(if live <= MAX_CONNECTIONS_PER_USER {
        Kept::Done
    } else {
        Kept::Full
    })
}

/// The owner comes first, as everywhere. Then the connection's row: its lock makes whoever would point
/// at the connection wait, so that the documents are counted, and the default storage looked at, when
/// both stand still.
async fn destroy_credential(
    conn: &mut Conn,
    owner: UserId,
    id: ConnectionId,
    credential_version: u32,
) -> QueryResult<Option<Disconnected>> {
    dialect::take_turns_for(conn, owner.into()).await?;
    let destroyed = with_conn!(conn, |conn| diesel::update(connections::table)
        .filter(connections::id.eq(IdBytes::from(id)))
        .filter(connections::owner_id.eq(IdBytes::from(owner)))
        .filter(connections::credential.is_not_null())
        .filter(connections::credential_version.eq(i64::from(credential_version)))
        .set((
            connections::credential.eq(None::<Vec<u8>>),
            connections::credential_version.eq(i64::from(credential_version) + 1),
            connections::refresh_lease_until.eq(None::<UnixMicros>),
            connections::refresh_claimed_at.eq(None::<UnixMicros>),
        ))
        .execute(conn)
        .await)?;
    if destroyed == 0 {
        return Ok(None);
    }
    let defaults = with_conn!(conn, |conn| diesel::update(
        users::table.find(IdBytes::from(owner))
    )
    .filter(users::default_connection_id.eq(Some(IdBytes::from(id))))
    .set(users::default_connection_id.eq(None::<IdBytes>))
    .execute(conn)
    .await)?;
    let left: i64 = with_conn!(conn, |conn| documents::table
        .filter(documents::connection_id.eq(Some(IdBytes::from(id))))
        .count()
        .get_result(conn)
        .await)?;
    Ok(Some(Disconnected {
        documents: left.unsigned_abs(),
        was_default: defaults > 0,
    }))
}
