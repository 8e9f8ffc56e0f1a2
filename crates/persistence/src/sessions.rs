//! The sessions.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::event::Event;
use wharf_domain::id::{SessionId, UserId};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::sessions::{CLEARED_AT_ONCE, Sessions};
use wharf_domain::session::{Session, TokenDigest};
use wharf_domain::time::Timestamp;
use wharf_domain::user::User;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::dialect;
use crate::error::query_failed;
use crate::schema::{sessions, users};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;
use crate::users::UserRow;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg, Sqlite))]
struct SessionRow {
    id: IdBytes,
    owner_id: IdBytes,
    epoch: i64,
    lineage_sha256: Vec<u8>,
    token_sha256: Vec<u8>,
    started_at: UnixMicros,
    ends_at: UnixMicros,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.into(),
            owner_id: session.owner.into(),
            epoch: session.epoch.into(),
            lineage_sha256: session.lineage.0.to_vec(),
            token_sha256: session.token.0.to_vec(),
            started_at: session.started_at.into(),
            ends_at: session.ends_at.into(),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = RepositoryError;

    fn try_from(row: SessionRow) -> Result<Self, RepositoryError> {
        let broken = |column| RepositoryError::Inconsistent {
            table: "sessions",
            column,
            row: row.id.to_string(),
        };
        let digest = |bytes: &[u8], column| match bytes.try_into() {
            Ok(digest) => Ok(TokenDigest(digest)),
            Err(_) => Err(broken(column)),
        };
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            epoch: row.epoch.try_into().map_err(|_| broken("epoch"))?,
            lineage: digest(&row.lineage_sha256, "lineage_sha256")?,
            token: digest(&row.token_sha256, "token_sha256")?,
            started_at: row.started_at.into(),
            ends_at: row.ends_at.into(),
        })
    }
}

#[async_trait]
impl Sessions for Database {
    async fn insert(&self, session: &Session, events: &[Event]) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let inserted = insert_and_clear_away(transaction.conn(), session).await;
        transaction.conclude(inserted.map(Some), events).await?;
        Ok(())
    }

    async fn find(&self, id: SessionId) -> Result<Option<(User, Session)>, RepositoryError> {
        let rows: Option<(UserRow, SessionRow)> =
            with_conn!(&mut self.acquire().await?, |conn| sessions::table
                .inner_join(users::table)
                .filter(sessions::id.eq(IdBytes::from(id)))
                .select((UserRow::as_select(), SessionRow::as_select()))
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        let found = rows.map(|(user, session)| Ok((user.try_into()?, session.try_into()?)));
        found.transpose()
    }

    async fn carry_on(
        &self,
        session: &Session,
        presented: TokenDigest,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let swapped = swap_token(transaction.conn(), session, presented).await;
        let saved = transaction.conclude(swapped.map(changed), &[]).await?;
        Ok(saved.is_some())
    }

    async fn list(
        &self,
        owner: UserId,
        now: Timestamp,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<Session>, RepositoryError> {
        let before = after.map_or(IdBytes::HIGHEST, IdBytes::from);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<SessionRow> = with_conn!(&mut self.acquire().await?, |conn| sessions::table
            .inner_join(users::table)
            .filter(sessions::owner_id.eq(IdBytes::from(owner)))
            .filter(sessions::epoch.eq(users::session_epoch))
            .filter(sessions::ends_at.gt(UnixMicros::from(now)))
            .filter(sessions::id.lt(before))
            .order(sessions::id.desc())
            .limit(limit)
            .select(SessionRow::as_select())
            .load(conn)
            .await)
        .map_err(query_failed)?;
        rows.into_iter().map(Session::try_from).collect()
    }

    async fn end(
        &self,
        owner: UserId,
        id: SessionId,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let ended = with_conn!(transaction.conn(), |conn| diesel::delete(sessions::table)
            .filter(sessions::id.eq(IdBytes::from(id)))
            .filter(sessions::owner_id.eq(IdBytes::from(owner)))
            .execute(conn)
            .await);
        let saved = transaction.conclude(ended.map(changed), events).await?;
        Ok(saved.is_some())
    }

    async fn end_all(
        &self,
        owner: UserId,
        now: Timestamp,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let ended = log_out_everywhere(transaction.conn(), owner.into(), now.into()).await;
        let saved = transaction.conclude(ended.map(changed), events).await?;
        Ok(saved.is_some())
    }
}

/// The account comes first, as wherever it changes.
async fn log_out_everywhere(
    conn: &mut Conn,
    owner: IdBytes,
    now: UnixMicros,
) -> QueryResult<usize> {
    let accounts = with_conn!(conn, |conn| diesel::update(users::table.find(owner))
        .set(users::tokens_from.eq(Some(now)))
        .execute(conn)
        .await)?;
    end_all(conn, owner, None).await?;
    Ok(accounts)
}

/// Ends all sessions of this account but the kept one.
pub(crate) async fn end_all(
    conn: &mut Conn,
    owner: IdBytes,
    kept: Option<IdBytes>,
) -> QueryResult<usize> {
    // No session has the lowest of all ids.
    let kept = kept.unwrap_or(IdBytes::LOWEST);
    with_conn!(conn, |conn| diesel::delete(sessions::table)
        .filter(sessions::owner_id.eq(owner))
        .filter(sessions::id.ne(kept))
        .execute(conn)
        .await)
}

/// Has one session go on in its account's new epoch. Any that begins meanwhile is of the old one, and
/// void with it.
pub(crate) async fn move_on(conn: &mut Conn, id: IdBytes, epoch: i64) -> QueryResult<usize> {
    with_conn!(conn, |conn| diesel::update(sessions::table.find(id))
        .set(sessions::epoch.eq(epoch))
        .execute(conn)
        .await)
}

/// The session comes first: it points at its account, whose row somebody may hold who ends old sessions
/// too. Clearing away waits for nobody.
async fn insert_and_clear_away(conn: &mut Conn, session: &Session) -> QueryResult<()> {
    let row = SessionRow::from(session);
    let began = row.started_at;
    with_conn!(conn, |conn| diesel::insert_into(sessions::table)
        .values(row)
        .execute(conn)
        .await)?;
    let limit = i64::from(CLEARED_AT_ONCE);
    let ended = dialect::hold_ended_sessions(conn, began, limit).await?;
    if !ended.is_empty() {
        delete(conn, &ended).await?;
    }
    Ok(())
}

/// Of several that present the same token, one finds its digest and the others find another.
async fn swap_token(
    conn: &mut Conn,
    session: &Session,
    presented: TokenDigest,
) -> QueryResult<usize> {
    let current = sessions::table
        .find(IdBytes::from(session.id))
        .filter(sessions::token_sha256.eq(presented.0.as_slice()));
    let next = (
        sessions::token_sha256.eq(session.token.0.as_slice()),
        sessions::ends_at.eq(UnixMicros::from(session.ends_at)),
    );
    with_conn!(conn, |conn| diesel::update(current)
        .set(next)
        .execute(conn)
        .await)
}

async fn delete(conn: &mut Conn, ids: &[IdBytes]) -> QueryResult<usize> {
    with_conn!(conn, |conn| diesel::delete(
        sessions::table.filter(sessions::id.eq_any(ids))
    )
    .execute(conn)
    .await)
}
