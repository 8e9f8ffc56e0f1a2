//! The accounts.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::event::Event;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::data_keys::DataKeys;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::users::{Login, Users};
use wharf_domain::user::{EmailAddress, PasswordHash, StoragePlace, User, WrappedDataKey};

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::dialect;
use crate::error::query_failed;
use crate::schema::{user_keys, users};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(crate) struct UserRow {
    id: IdBytes,
    email: String,
    role: String,
    session_epoch: i64,
    default_connection_id: Option<IdBytes>,
    created_at: UnixMicros,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.into(),
            email: user.email.as_str().to_owned(),
            role: user.role.as_str().to_owned(),
            session_epoch: user.session_epoch.into(),
            default_connection_id: user.default_storage.connection().map(IdBytes::from),
            created_at: user.created_at.into(),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = RepositoryError;

    fn try_from(row: UserRow) -> Result<Self, RepositoryError> {
        let broken = |column| RepositoryError::Inconsistent {
            table: "users",
            column,
            row: row.id.to_string(),
        };
        Ok(Self {
            id: row.id.into(),
            email: row.email.parse().map_err(|_| broken("email"))?,
            role: row.role.parse().map_err(|_| broken("role"))?,
            session_epoch: row
                .session_epoch
                .try_into()
                .map_err(|_| broken("session_epoch"))?,
            default_storage: row.default_connection_id.map(ConnectionId::from).into(),
            created_at: row.created_at.into(),
        })
    }
}

#[async_trait]
impl Users for Database {
    async fn insert(
        &self,
        user: &User,
        password: &PasswordHash,
        data_key: &WrappedDataKey,
        events: &[Event],
    ) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let inserted = insert_with_key(transaction.conn(), user, password, data_key).await;
        transaction.conclude(inserted.map(Some), events).await?;
        Ok(())
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        let row: Option<UserRow> = with_conn!(&mut self.acquire().await?, |conn| users::table
            .find(IdBytes::from(id))
            .select(UserRow::as_select())
            .first(conn)
            .await)
        .optional()
        .map_err(query_failed)?;
        row.map(User::try_from).transpose()
    }

    async fn find_login(&self, email: &EmailAddress) -> Result<Option<Login>, RepositoryError> {
        let row: Option<(UserRow, String)> =
            with_conn!(&mut self.acquire().await?, |conn| users::table
                .filter(users::email.eq(email.as_str()))
                .select((UserRow::as_select(), users::password_hash))
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        let Some((row, password_hash)) = row else {
            return Ok(None);
        };
        Ok(Some(Login {
            user: row.try_into()?,
            password: PasswordHash(SecretString::from(password_hash)),
        }))
    }

    async fn rehash(&self, id: UserId, password: &PasswordHash) -> Result<(), RepositoryError> {
        let hash = password.0.expose_secret();
        let mut transaction = self.begin().await?;
        let rehashed = with_conn!(transaction.conn(), |conn| diesel::update(
            users::table.find(IdBytes::from(id))
        )
        .set(users::password_hash.eq(hash))
        .execute(conn)
        .await);
        transaction.conclude(rehashed.map(changed), &[]).await?;
        Ok(())
    }

    async fn set_default_storage(
        &self,
        id: UserId,
        place: StoragePlace,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let moved = move_default_storage(transaction.conn(), id, place).await;
        let saved = transaction.conclude(moved, events).await?;
        Ok(saved.is_some())
    }

    async fn list(
        &self,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<User>, RepositoryError> {
        let after = after.map_or(IdBytes::LOWEST, IdBytes::from);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<UserRow> = with_conn!(&mut self.acquire().await?, |conn| users::table
            .filter(users::id.gt(after))
            .order(users::id)
            .limit(limit)
            .select(UserRow::as_select())
            .load(conn)
            .await)
        .map_err(query_failed)?;
        rows.into_iter().map(User::try_from).collect()
    }
}

#[async_trait]
impl DataKeys for Database {
    async fn data_key(&self, user: UserId) -> Result<Option<WrappedDataKey>, RepositoryError> {
        let wrapped: Option<Vec<u8>> =
            with_conn!(&mut self.acquire().await?, |conn| user_keys::table
                .find(IdBytes::from(user))
                .select(user_keys::wrapped)
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        Ok(wrapped.map(WrappedDataKey))
    }
}

async fn insert_with_key(
    conn: &mut Conn,
    user: &User,
    password: &PasswordHash,
    data_key: &WrappedDataKey,
) -> QueryResult<()> {
    let row = (
        UserRow::from(user),
        users::password_hash.eq(password.0.expose_secret()),
    );
    let key = (
        user_keys::user_id.eq(IdBytes::from(user.id)),
        user_keys::wrapped.eq(data_key.0.as_slice()),
    );
    with_conn!(conn, |conn| diesel::insert_into(users::table)
        .values(row)
        .execute(conn)
        .await)?;
    with_conn!(conn, |conn| diesel::insert_into(user_keys::table)
        .values(key)
        .execute(conn)
        .await)?;
    Ok(())
}

async fn move_default_storage(
    conn: &mut Conn,
    id: UserId,
    place: StoragePlace,
) -> QueryResult<Option<()>> {
    let id = IdBytes::from(id);
    let connection = place.connection().map(IdBytes::from);
    if let Some(connection) = connection
        && !dialect::hold_live_connection(conn, id, connection).await?
    {
        return Ok(None);
    }
    let rows = with_conn!(conn, |conn| diesel::update(users::table.find(id))
        .set(users::default_connection_id.eq(connection))
        .execute(conn)
        .await)?;
    Ok(changed(rows))
}
