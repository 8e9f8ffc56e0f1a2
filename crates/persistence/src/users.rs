//! The accounts.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{
    EscapeExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    QueryResult, SelectableHelper as _, TextExpressionMethods as _,
};
use diesel_async::RunQueryDsl as _;
use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::event::Event;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::outside::OutsideSubject;
use wharf_domain::ports::data_keys::DataKeys;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::users::{
    AccountChange, AccountChanged, DefaultStorageChosen, Login, UserFilter, Users,
};
use wharf_domain::time::Timestamp;
use wharf_domain::user::{EmailAddress, PasswordHash, Role, StoragePlace, User, WrappedDataKey};

use crate::conn::{Conn, with_conn};
use crate::connections::REFUSED;
use crate::database::Database;
use crate::error::query_failed;
use crate::schema::{connections, documents, user_keys, users};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;
use crate::{dialect, sessions};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(crate) struct UserRow {
    id: IdBytes,
    email: String,
    role: String,
    session_epoch: i64,
    default_connection_id: Option<IdBytes>,
    created_at: UnixMicros,
    disabled_at: Option<UnixMicros>,
    issuer: Option<String>,
    subject: Option<String>,
    tokens_from: Option<UnixMicros>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let outside = user.outside.as_ref();
        Self {
            id: user.id.into(),
            email: user.email.as_str().to_owned(),
            role: user.role.as_str().to_owned(),
            session_epoch: user.session_epoch.into(),
            default_connection_id: user.default_storage.connection().map(IdBytes::from),
            created_at: user.created_at.into(),
            disabled_at: user.disabled_at.map(UnixMicros::from),
            issuer: outside.map(|it| it.issuer().to_owned()),
            subject: outside.map(|it| it.subject().to_owned()),
            tokens_from: user.tokens_from.map(UnixMicros::from),
        }
    }
}

impl UserRow {
    /// Whether what a change decides by is the same in both.
    pub(crate) fn stands_where(&self, other: &Self) -> bool {
        self.role == other.role
            && self.session_epoch == other.session_epoch
            && self.disabled_at == other.disabled_at
            && self.tokens_from == other.tokens_from
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
        let outside = match (row.issuer.as_deref(), row.subject.as_deref()) {
            (None, None) => None,
            (issuer, subject) => {
                let (issuer, subject) = (issuer.unwrap_or_default(), subject.unwrap_or_default());
                let outside = OutsideSubject::new(issuer, subject);
                Some(outside.map_err(|_| broken("subject"))?)
            }
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
            outside,
            tokens_from: row.tokens_from.map(Timestamp::from),
            disabled_at: row.disabled_at.map(Timestamp::from),
            created_at: row.created_at.into(),
        })
    }
}

#[async_trait]
impl Users for Database {
    async fn insert(
        &self,
        user: &User,
        password: Option<&PasswordHash>,
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
        let password = Some(password_hash).filter(|hash| hash != NO_PASSWORD);
        Ok(Some(Login {
            user: row.try_into()?,
            password: password.map(|hash| PasswordHash(SecretString::from(hash))),
        }))
    }

    async fn find_outside(
        &self,
        subject: &OutsideSubject,
    ) -> Result<Option<User>, RepositoryError> {
        let row: Option<UserRow> = with_conn!(&mut self.acquire().await?, |conn| users::table
            .filter(users::issuer.eq(Some(subject.issuer())))
            .filter(users::subject.eq(Some(subject.subject())))
            .select(UserRow::as_select())
            .first(conn)
            .await)
        .optional()
        .map_err(query_failed)?;
        row.map(User::try_from).transpose()
    }

    async fn rehash(
        &self,
        id: UserId,
        known: &PasswordHash,
        password: &PasswordHash,
    ) -> Result<(), RepositoryError> {
        let (known, hash) = (known.0.expose_secret(), password.0.expose_secret());
        let mut transaction = self.begin().await?;
        let rehashed = with_conn!(transaction.conn(), |conn| diesel::update(
            users::table
                .find(IdBytes::from(id))
                .filter(users::password_hash.eq(known))
        )
        .set(users::password_hash.eq(hash))
        .execute(conn)
        .await);
        transaction.conclude(rehashed.map(changed), &[]).await?;
        Ok(())
    }

    async fn change(
        &self,
        change: AccountChange<'_>,
        events: &[Event],
    ) -> Result<AccountChanged, RepositoryError> {
        let mut transaction = self.begin().await?;
        let changed = change_unless_refused(transaction.conn(), change).await;
        let outcome = changed.as_ref().map_or(AccountChanged::Stale, |it| *it);
        let done = changed.map(|changed| (changed == AccountChanged::Done).then_some(()));
        transaction.conclude(done, events).await?;
        Ok(outcome)
    }

    async fn set_default_storage(
        &self,
        id: UserId,
        place: StoragePlace,
        events: &[Event],
    ) -> Result<DefaultStorageChosen, RepositoryError> {
        let mut transaction = self.begin().await?;
        let chosen = choose_default_storage(transaction.conn(), id, place).await;
        let outcome = chosen
            .as_ref()
            .map_or(DefaultStorageChosen::Unknown, |it| *it);
        let done = chosen.map(|chosen| (chosen == DefaultStorageChosen::Done).then_some(()));
        transaction.conclude(done, events).await?;
        Ok(outcome)
    }

    async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<User>, RepositoryError> {
        let after = after.map_or(IdBytes::LOWEST, IdBytes::from);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let roles = match filter.role {
            Some(role) => vec![role.as_str()],
            None => vec![Role::Regular.as_str(), Role::Admin.as_str()],
        };
        let disabled = match filter.disabled {
            Some(disabled) => vec![disabled],
            None => vec![false, true],
        };
        let email = pattern(filter.email.as_deref().unwrap_or_default());
        let rows: Vec<UserRow> = with_conn!(&mut self.acquire().await?, |conn| users::table
            .filter(users::id.gt(after))
            .filter(users::role.eq_any(roles))
            .filter(users::disabled_at.is_not_null().eq_any(disabled))
            .filter(users::email.like(email).escape(ESCAPE))
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

/// Stands for the hash of an account that has no password: it is the hash of none.
const NO_PASSWORD: &str = "";

const ESCAPE: char = '\\';

/// The pattern of all texts that hold this one.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The admins come first, and then the account: whoever changes another admin waits here.
async fn change_unless_refused(
    conn: &mut Conn,
    change: AccountChange<'_>,
) -> QueryResult<AccountChanged> {
    let AccountChange { before, after, .. } = change;
    let id = IdBytes::from(before.id);
    if before.is_acting_admin() && !after.is_acting_admin() {
        let admins = dialect::hold_acting_admins(conn).await?;
        if admins == [id] {
            return Ok(AccountChanged::LastAdmin);
        }
    }
    let row = dialect::hold_user(conn, id).await?;
    let expected = UserRow::from(before);
    if !row.is_some_and(|row| row.stands_where(&expected)) {
        return Ok(AccountChanged::Stale);
    }
    if after.role == Role::Admin && before.role != Role::Admin && has_storages(conn, id).await? {
        return Ok(AccountChanged::HasStorages);
    }
    save_change(conn, change).await?;
    Ok(AccountChanged::Done)
}

/// Whether the user has a live connection, or a document anywhere.
async fn has_storages(conn: &mut Conn, owner: IdBytes) -> QueryResult<bool> {
    let connections: i64 = with_conn!(conn, |conn| connections::table
        .filter(connections::owner_id.eq(owner))
        .filter(connections::credential.is_not_null())
        .count()
        .get_result(conn)
        .await)?;
    let documents: i64 = with_conn!(conn, |conn| documents::table
        .filter(documents::owner_id.eq(owner))
        .count()
        .get_result(conn)
        .await)?;
    Ok(connections + documents > 0)
}

async fn save_change(conn: &mut Conn, change: AccountChange<'_>) -> QueryResult<()> {
    let AccountChange {
        before,
        after,
        password,
        kept,
    } = change;
    let id = IdBytes::from(before.id);
    let UserRow {
        role,
        session_epoch,
        disabled_at,
        tokens_from,
        ..
    } = UserRow::from(after);
    let columns = (
        users::role.eq(role),
        users::session_epoch.eq(session_epoch),
        users::disabled_at.eq(disabled_at),
        users::tokens_from.eq(tokens_from),
        password.map(|hash| users::password_hash.eq(hash.0.expose_secret())),
    );
    with_conn!(conn, |conn| diesel::update(users::table.find(id))
        .set(columns)
        .execute(conn)
        .await)?;
    if after.session_epoch != before.session_epoch {
        let kept = kept.map(IdBytes::from);
        sessions::end_all(conn, id, kept).await?;
        if let Some(kept) = kept {
            sessions::move_on(conn, kept, session_epoch).await?;
        }
    }
    Ok(())
}

async fn insert_with_key(
    conn: &mut Conn,
    user: &User,
    password: Option<&PasswordHash>,
    data_key: &WrappedDataKey,
) -> QueryResult<()> {
    let row = (
        UserRow::from(user),
        users::password_hash.eq(password.map_or(NO_PASSWORD, |hash| hash.0.expose_secret())),
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

async fn choose_default_storage(
    conn: &mut Conn,
    id: UserId,
    place: StoragePlace,
) -> QueryResult<DefaultStorageChosen> {
    let id = IdBytes::from(id);
    let connection = place.connection().map(IdBytes::from);
    dialect::take_turns_for(conn, id).await?;
    if let Some(connection) = connection {
        match dialect::hold_connection(conn, id, connection).await? {
            None => return Ok(DefaultStorageChosen::Unknown),
            Some(held) if !held.is_live => return Ok(DefaultStorageChosen::Disconnected),
            Some(held) if held.status == REFUSED => {
                return Ok(DefaultStorageChosen::RequiresReauth);
            }
            Some(_) => {}
        }
    }
    let rows = with_conn!(conn, |conn| diesel::update(users::table.find(id))
        .set(users::default_connection_id.eq(connection))
        .execute(conn)
        .await)?;
    Ok(match changed(rows) {
        Some(()) => DefaultStorageChosen::Done,
        None => DefaultStorageChosen::Unknown,
    })
}
