//! The rows of login flows.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::id::{LoginFlowId, UserId};
use wharf_domain::login_flow::LoginFlow;
use wharf_domain::ports::login_flows::LoginFlows;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::step::SealedPayload;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::dialect;
use crate::error::query_failed;
use crate::schema::login_flows;
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = login_flows, check_for_backend(Pg, Sqlite))]
pub(crate) struct FlowRow {
    id: IdBytes,
    owner_id: IdBytes,
    state: Vec<u8>,
    version: i64,
    leased_until: UnixMicros,
    begun_at: UnixMicros,
}

impl From<&LoginFlow> for FlowRow {
    fn from(flow: &LoginFlow) -> Self {
        Self {
            id: flow.id.into(),
            owner_id: flow.owner.into(),
            state: flow.state.0.clone(),
            version: flow.version.into(),
            leased_until: flow.leased_until.into(),
            begun_at: flow.begun_at.into(),
        }
    }
}

impl TryFrom<FlowRow> for LoginFlow {
    type Error = RepositoryError;

    fn try_from(row: FlowRow) -> Result<Self, RepositoryError> {
        let version = row.version.try_into();
        let version = version.map_err(|_| RepositoryError::Inconsistent {
            table: "login_flows",
            column: "version",
            row: row.id.to_string(),
        })?;
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            state: SealedPayload(row.state),
            version,
            leased_until: row.leased_until.into(),
            begun_at: row.begun_at.into(),
        })
    }
}

#[async_trait]
impl LoginFlows for Database {
    async fn begin(
        &self,
        flow: &LoginFlow,
        most: usize,
    ) -> Result<Vec<LoginFlow>, RepositoryError> {
        let kept = i64::try_from(most.saturating_sub(1)).unwrap_or(i64::MAX);
        let mut transaction = self.begin().await?;
        let gone = insert_and_make_room(transaction.conn(), flow, kept).await;
        let gone = transaction.conclude(gone.map(Some), &[]).await?;
        let gone = gone.unwrap_or_default().into_iter();
        gone.map(LoginFlow::try_from).collect()
    }

    async fn find(
        &self,
        owner: UserId,
        id: LoginFlowId,
    ) -> Result<Option<LoginFlow>, RepositoryError> {
        let row: Option<FlowRow> =
            with_conn!(&mut self.acquire().await?, |conn| login_flows::table
                .find(IdBytes::from(id))
                .filter(login_flows::owner_id.eq(IdBytes::from(owner)))
                .select(FlowRow::as_select())
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        row.map(LoginFlow::try_from).transpose()
    }

    async fn replace(&self, flow: &LoginFlow, replaced: u32) -> Result<bool, RepositoryError> {
        let row = FlowRow::from(flow);
        let mut transaction = self.begin().await?;
        let there = login_flows::table
            .find(row.id)
            .filter(login_flows::owner_id.eq(row.owner_id))
            .filter(login_flows::version.eq(i64::from(replaced)));
        let next = (
            login_flows::state.eq(row.state),
            login_flows::version.eq(row.version),
            login_flows::leased_until.eq(row.leased_until),
        );
        let replaced = with_conn!(transaction.conn(), |conn| diesel::update(there)
            .set(next)
            .execute(conn)
            .await);
        let saved = transaction.conclude(replaced.map(changed), &[]).await?;
        Ok(saved.is_some())
    }
}

/// The owner's flows behind the newest `kept` go.
async fn insert_and_make_room(
    conn: &mut Conn,
    flow: &LoginFlow,
    kept: i64,
) -> QueryResult<Vec<FlowRow>> {
    let row = FlowRow::from(flow);
    // The owner comes first, for whoever deletes the account takes them in this order.
    dialect::hold_regular_owner(conn, row.owner_id).await?;
    let gone: Vec<FlowRow> = with_conn!(conn, |conn| login_flows::table
        .filter(login_flows::owner_id.eq(row.owner_id))
        .order((login_flows::begun_at.desc(), login_flows::id.desc()))
        .limit(i64::MAX)
        .offset(kept)
        .select(FlowRow::as_select())
        .load(conn)
        .await)?;
    let ids: Vec<IdBytes> = gone.iter().map(|row| row.id).collect();
    with_conn!(conn, |conn| diesel::delete(
        login_flows::table.filter(login_flows::id.eq_any(&ids))
    )
    .execute(conn)
    .await)?;
    with_conn!(conn, |conn| diesel::insert_into(login_flows::table)
        .values(row)
        .execute(conn)
        .await)?;
    Ok(gone)
}
