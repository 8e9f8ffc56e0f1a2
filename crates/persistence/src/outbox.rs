//! The outbox: steps that changes have left behind.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{ExpressionMethods as _, QueryDsl as _, QueryResult, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use wharf_domain::id::UserId;
use wharf_domain::ports::outbox::{Claim, Outbox};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::step::{SealedPayload, Step, StepKind};
use wharf_domain::time::Timestamp;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::dialect;
use crate::schema::outbox;
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(crate) struct StepRow {
    id: IdBytes,
    owner_id: Option<IdBytes>,
    kind: String,
    payload: Option<Vec<u8>>,
    created_at: UnixMicros,
    due_at: UnixMicros,
    deadline: UnixMicros,
    attempts: i64,
}

impl From<&Step> for StepRow {
    fn from(step: &Step) -> Self {
        Self {
            id: step.id.into(),
            owner_id: step.owner.map(IdBytes::from),
            kind: step.kind.as_str().to_owned(),
            payload: Some(step.payload.0.clone()),
            created_at: step.created_at.into(),
            due_at: step.due_at.into(),
            deadline: step.deadline.into(),
            attempts: step.attempts.into(),
        }
    }
}

impl TryFrom<StepRow> for Step {
    type Error = RepositoryError;

    fn try_from(row: StepRow) -> Result<Self, RepositoryError> {
        let broken = |column| RepositoryError::Inconsistent {
            table: "outbox",
            column,
            row: row.id.to_string(),
        };
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.map(UserId::from),
            kind: StepKind::from_name(&row.kind).ok_or_else(|| broken("kind"))?,
            attempts: row.attempts.try_into().map_err(|_| broken("attempts"))?,
            payload: SealedPayload(row.payload.ok_or_else(|| broken("payload"))?),
            created_at: row.created_at.into(),
            due_at: row.due_at.into(),
            deadline: row.deadline.into(),
        })
    }
}

/// Adds the steps on a connection that has a transaction open.
pub(crate) async fn save(conn: &mut Conn, steps: &[Step]) -> QueryResult<()> {
    for step in steps {
        let row = StepRow::from(step);
        with_conn!(conn, |conn| diesel::insert_into(outbox::table)
            .values(row)
            .execute(conn)
            .await)?;
    }
    Ok(())
}

/// The row that a claim holds, if it still does.
macro_rules! held {
    ($claim:expr) => {
        outbox::table
            .filter(outbox::id.eq(IdBytes::from($claim.step)))
            .filter(outbox::attempts.eq(i64::from($claim.attempt)))
            .filter(outbox::given_up_at.is_null())
    };
}

#[async_trait]
impl Outbox for Database {
    async fn add(&self, step: &Step) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let saved = save(transaction.conn(), std::slice::from_ref(step)).await;
        transaction.conclude(saved.map(Some), &[]).await?;
        Ok(())
    }

    async fn claim(
        &self,
        now: Timestamp,
        lease_ends: Timestamp,
        limit: usize,
    ) -> Result<Vec<Step>, RepositoryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut transaction = self.begin().await?;
        let taken = take_up(transaction.conn(), now.into(), lease_ends.into(), limit).await;
        let rows = transaction.conclude(taken, &[]).await?;
        let rows = rows.unwrap_or_default();
        Ok(rows.into_iter().filter_map(readable).collect())
    }

    async fn complete(&self, claim: Claim) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let held = held!(claim);
        let deleted = with_conn!(transaction.conn(), |conn| diesel::delete(held)
            .execute(conn)
            .await);
        let saved = transaction.conclude(deleted.map(changed), &[]).await?;
        Ok(saved.is_some())
    }

    async fn postpone(&self, claim: Claim, due_at: Timestamp) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let held = held!(claim);
        let postponed = with_conn!(transaction.conn(), |conn| diesel::update(held)
            .set(outbox::due_at.eq(UnixMicros::from(due_at)))
            .execute(conn)
            .await);
        let saved = transaction.conclude(postponed.map(changed), &[]).await?;
        Ok(saved.is_some())
    }

    async fn bury(&self, claim: Claim, now: Timestamp) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let held = held!(claim);
        let buried = with_conn!(transaction.conn(), |conn| diesel::update(held)
            .set((
                outbox::payload.eq(None::<Vec<u8>>),
                outbox::given_up_at.eq(Some(UnixMicros::from(now))),
            ))
            .execute(conn)
            .await);
        let saved = transaction.conclude(buried.map(changed), &[]).await?;
        Ok(saved.is_some())
    }
}

/// `None` for a row that somebody else has written: it must not keep those beside it from being done. It
/// is due again when its lease ends.
fn readable(row: StepRow) -> Option<Step> {
    match Step::try_from(row) {
        Ok(step) => Some(step),
        Err(error) => {
            tracing::warn!(%error, "a step cannot be read and is left where it is");
            None
        }
    }
}

/// `None` if nothing is due.
async fn take_up(
    conn: &mut Conn,
    now: UnixMicros,
    lease_ends: UnixMicros,
    limit: i64,
) -> QueryResult<Option<Vec<StepRow>>> {
    let due = dialect::hold_due_steps(conn, now, limit).await?;
    if due.is_empty() {
        return Ok(None);
    }
    with_conn!(conn, |conn| diesel::update(
        outbox::table.filter(outbox::id.eq_any(&due))
    )
    .set((
        outbox::due_at.eq(lease_ends),
        outbox::attempts.eq(outbox::attempts + 1),
    ))
    .execute(conn)
    .await)?;
    let mut rows: Vec<StepRow> = with_conn!(conn, |conn| outbox::table
        .filter(outbox::id.eq_any(&due))
        .select(StepRow::as_select())
        .load(conn)
        .await)?;
    // All are due at the same time by now; the order is that of before.
    rows.sort_by_key(|row| due.iter().position(|id| *id == row.id));
    Ok(Some(rows))
}
