//! The rows of the processes that serve.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{ExpressionMethods as _, QueryDsl as _, QueryResult, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use wharf_domain::id::ReplicaId;
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::ports::replicas::Replicas;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::replica::Replica;
use wharf_domain::time::Timestamp;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::error::query_failed;
use crate::schema::replicas;
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

#[derive(AsChangeset, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = replicas, check_for_backend(Pg, Sqlite))]
struct ReplicaRow {
    id: IdBytes,
    started_at: UnixMicros,
    seen_at: UnixMicros,
    primary_key: IdBytes,
    loaded_keys: String,
}

impl From<&Replica> for ReplicaRow {
    fn from(replica: &Replica) -> Self {
        let keys = replica.keys.iter().map(OperatorKeyId::to_string);
        Self {
            id: replica.id.into(),
            started_at: replica.started_at.into(),
            seen_at: replica.seen_at.into(),
            primary_key: IdBytes(replica.primary_key.0),
            loaded_keys: keys.collect::<Vec<_>>().join(" "),
        }
    }
}

impl TryFrom<ReplicaRow> for Replica {
    type Error = RepositoryError;

    fn try_from(row: ReplicaRow) -> Result<Self, RepositoryError> {
        let keys = row.loaded_keys.split_whitespace().map(str::parse);
        let keys = keys.collect::<Result<_, _>>();
        Ok(Self {
            id: row.id.into(),
            started_at: row.started_at.into(),
            seen_at: row.seen_at.into(),
            primary_key: OperatorKeyId(row.primary_key.0),
            keys: keys.map_err(|_| RepositoryError::Inconsistent {
                table: "replicas",
                column: "loaded_keys",
                row: row.id.to_string(),
            })?,
        })
    }
}

#[async_trait]
impl Replicas for Database {
    async fn tell(
        &self,
        replica: &Replica,
        forget_before: Timestamp,
    ) -> Result<(), RepositoryError> {
        let row = ReplicaRow::from(replica);
        let mut transaction = self.begin().await?;
        let told = keep(transaction.conn(), row, forget_before.into()).await;
        transaction.conclude(told.map(Some), &[]).await?;
        Ok(())
    }

    async fn leave(&self, id: ReplicaId) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let gone = replicas::table.find(IdBytes::from(id));
        let gone = with_conn!(transaction.conn(), |conn| diesel::delete(gone)
            .execute(conn)
            .await);
        transaction.conclude(gone.map(changed), &[]).await?;
        Ok(())
    }

    async fn heard_since(&self, since: Timestamp) -> Result<Vec<Replica>, RepositoryError> {
        let rows: Vec<ReplicaRow> = with_conn!(&mut self.acquire().await?, |conn| replicas::table
            .filter(replicas::seen_at.ge(UnixMicros::from(since)))
            .order((replicas::started_at, replicas::id))
            .select(ReplicaRow::as_select())
            .load(conn)
            .await)
        .map_err(query_failed)?;
        rows.into_iter().map(Replica::try_from).collect()
    }
}

async fn keep(conn: &mut Conn, row: ReplicaRow, forget_before: UnixMicros) -> QueryResult<()> {
    let silent = replicas::table.filter(replicas::seen_at.lt(forget_before));
    with_conn!(&mut *conn, |conn| diesel::delete(silent)
        .execute(conn)
        .await)?;
    let again = row.clone();
    with_conn!(conn, |conn| diesel::insert_into(replicas::table)
        .values(row)
        .on_conflict(replicas::id)
        .do_update()
        .set(again)
        .execute(conn)
        .await)?;
    Ok(())
}
