//! The change that deletes an account: whatever the user has goes out of the tables that everybody
//! reads, and what erasing it needs goes into those of the erasure, in one transaction (R-01, K-08).
//!
//! The account's row is taken first and held, so that nothing can be given to the user any more: every
//! foreign key ends there.

use std::collections::BTreeSet;

use diesel::sql_types::Bool;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, IntoSql as _,
    NullableExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::connection::Connection;
use wharf_domain::login_flow::LoginFlow;
use wharf_domain::ports::erasures::{AccountDeleted, Answered, ErasurePlan, Estate, PlannedPart};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::step::Step;
use wharf_domain::user::User;

use super::progress;
use super::rows::{CredentialRow, ErasureRow, PartRow};
use crate::conn::{Conn, with_conn};
use crate::connections::ConnectionRow;
use crate::dialect;
use crate::error::query_failed;
use crate::login_flows::FlowRow;
use crate::outbox::{self, StepRow};
use crate::schema::{
    answered_requests, connections, documents, erasure_credentials, erasure_documents,
    erasure_parts, erasures, login_flows, outbox as steps, sessions, user_keys, users,
};
use crate::sql_types::{Id, IdBytes, UnixMicros};
use crate::users::UserRow;

/// What a user has.
pub(super) async fn read_estate(
    conn: &mut Conn,
    user: IdBytes,
) -> Result<Option<Estate>, RepositoryError> {
    let row: Option<UserRow> = with_conn!(conn, |conn| users::table
        .find(user)
        .select(UserRow::as_select())
        .first(conn)
        .await)
    .optional()
    .map_err(query_failed)?;
    let Some(row) = row else {
        return Ok(None);
    };
    let connections: Vec<ConnectionRow> = with_conn!(conn, |conn| connections::table
        .filter(connections::owner_id.eq(user))
        .order(connections::id)
        .select(ConnectionRow::as_select())
        .load(conn)
        .await)
    .map_err(query_failed)?;
    let steps: Vec<StepRow> = with_conn!(conn, |conn| steps::table
        .filter(steps::owner_id.eq(Some(user)))
        .filter(steps::given_up_at.is_null())
        .order(steps::id)
        .select(StepRow::as_select())
        .load(conn)
        .await)
    .map_err(query_failed)?;
    let flows: Vec<FlowRow> = with_conn!(conn, |conn| login_flows::table
        .filter(login_flows::owner_id.eq(user))
        .order(login_flows::id)
        .select(FlowRow::as_select())
        .load(conn)
        .await)
    .map_err(query_failed)?;
    Ok(Some(Estate {
        user: User::try_from(row)?,
        connections: all(connections, Connection::try_from)?,
        steps: all(steps, Step::try_from)?,
        flows: all(flows, LoginFlow::try_from)?,
    }))
}

fn all<R, T>(
    rows: Vec<R>,
    read: impl Fn(R) -> Result<T, RepositoryError>,
) -> Result<Vec<T>, RepositoryError> {
    rows.into_iter().map(read).collect()
}

/// The admins come first, then the account, and then what it has.
pub(super) async fn delete_account(
    conn: &mut Conn,
    plan: &ErasurePlan,
) -> QueryResult<AccountDeleted> {
    let user = IdBytes::from(plan.estate.user.id);
    conn.run(dialect::take_your_time(conn)).await?;
    if plan.estate.user.is_acting_admin() {
        let admins = dialect::hold_acting_admins(conn).await?;
        // Whom the ledger tells of was not the last one when the account was deleted.
        let is_repeated = plan.erasure.recorded_at.is_some();
        if admins == [user] && !is_repeated {
            return Ok(AccountDeleted::LastAdmin);
        }
    }
    let row = dialect::hold_user(conn, user).await?;
    let expected = UserRow::from(&plan.estate.user);
    if !row.is_some_and(|row| row.stands_where(&expected)) {
        return Ok(AccountDeleted::Stale);
    }
    insert_erasure(conn, plan).await?;
    for part in &plan.parts {
        move_documents(conn, user, part).await?;
    }
    let Some(claims) = take_away(conn, user, &plan.estate).await? else {
        return Ok(AccountDeleted::Stale);
    };
    hold_back(conn, plan, &claims).await?;
    outbox::save(conn, &plan.steps).await?;
    if let Some(answered) = &plan.answered {
        remember(conn, answered, plan.erasure.id.into()).await?;
    }
    Ok(AccountDeleted::Done)
}

async fn insert_erasure(conn: &mut Conn, plan: &ErasurePlan) -> QueryResult<()> {
    let row = ErasureRow::from(&plan.erasure);
    let id = row.id;
    with_conn!(conn, |conn| diesel::insert_into(erasures::table)
        .values(row)
        .execute(conn)
        .await)?;
    for part in &plan.parts {
        let row = PartRow::planned(id, part);
        with_conn!(conn, |conn| diesel::insert_into(erasure_parts::table)
            .values(row)
            .execute(conn)
            .await)?;
        let Some(sealed) = &part.credential else {
            continue;
        };
        let credential = CredentialRow {
            part_id: part.id.into(),
            sealed: sealed.0.clone(),
            version: 1,
            held_until: None,
        };
        with_conn!(conn, |conn| diesel::insert_into(erasure_credentials::table)
            .values(credential)
            .execute(conn)
            .await)?;
    }
    Ok(())
}

/// The documents at the part's place become the part's.
async fn move_documents(conn: &mut Conn, user: IdBytes, part: &PlannedPart) -> QueryResult<()> {
    let id = IdBytes::from(part.id);
    let place = part.subject.connection().map(IdBytes::from);
    if place.is_none() && part.subject.provider().is_some() {
        return Ok(());
    }
    let in_house = documents::connection_id
        .is_null()
        .and(place.is_none().into_sql::<Bool>());
    let there = documents::table
        .filter(documents::owner_id.eq(user))
        .filter(documents::connection_id.eq(place).or(in_house))
        .select((
            documents::id,
            id.into_sql::<Id>(),
            documents::item_id.nullable(),
            documents::storage_size_bytes,
            documents::storage_etag,
            documents::storage_modified_at,
        ));
    let columns = (
        erasure_documents::id,
        erasure_documents::part_id,
        erasure_documents::item_id,
        erasure_documents::size_bytes,
        erasure_documents::etag,
        erasure_documents::modified_at,
    );
    with_conn!(conn, |conn| diesel::insert_into(erasure_documents::table)
        .values(there)
        .into_columns(columns)
        .execute(conn)
        .await)?;
    if let Some(why) = part.left {
        progress::leave(conn, id, why).await?;
    }
    Ok(())
}

/// A connection as it was deleted: its id, the version of its credential, whether it had one, and until
/// when somebody has claimed to renew it.
type Deleted = (IdBytes, i64, bool, Option<UnixMicros>);

/// Deletes all that the user has, the account last; gives the connections. `None` if it was not what the
/// plan was made of.
async fn take_away(
    conn: &mut Conn,
    user: IdBytes,
    estate: &Estate,
) -> QueryResult<Option<Vec<Deleted>>> {
    with_conn!(conn, |conn| diesel::delete(
        user_keys::table.filter(user_keys::user_id.eq(user))
    )
    .execute(conn)
    .await)?;
    with_conn!(conn, |conn| diesel::delete(
        sessions::table.filter(sessions::owner_id.eq(user))
    )
    .execute(conn)
    .await)?;
    with_conn!(conn, |conn| diesel::delete(
        answered_requests::table.filter(answered_requests::caller_id.eq(user))
    )
    .execute(conn)
    .await)?;
    with_conn!(conn, |conn| diesel::delete(
        documents::table.filter(documents::owner_id.eq(user))
    )
    .execute(conn)
    .await)?;
    with_conn!(conn, |conn| diesel::update(users::table.find(user))
        .set(users::default_connection_id.eq(None::<IdBytes>))
        .execute(conn)
        .await)?;
    let steps: Vec<(IdBytes, Option<Vec<u8>>)> = with_conn!(conn, |conn| diesel::delete(
        steps::table.filter(steps::owner_id.eq(Some(user)))
    )
    .returning((steps::id, steps::payload))
    .get_results(conn)
    .await)?;
    let flows: Vec<(IdBytes, i64)> = with_conn!(conn, |conn| diesel::delete(
        login_flows::table.filter(login_flows::owner_id.eq(user))
    )
    .returning((login_flows::id, login_flows::version))
    .get_results(conn)
    .await)?;
    let connections: Vec<Deleted> = with_conn!(conn, |conn| diesel::delete(
        connections::table.filter(connections::owner_id.eq(user))
    )
    .returning((
        connections::id,
        connections::credential_version,
        connections::credential.is_not_null(),
        connections::refresh_lease_until
    ))
    .get_results(conn)
    .await)?;
    with_conn!(conn, |conn| diesel::delete(users::table.find(user))
        .execute(conn)
        .await)?;
    let is_all = is_all_of(estate, &steps, &flows, &connections);
    Ok(is_all.then_some(connections))
}

/// Whoever was renewing a credential has the time that they claimed to bring another: the old one must not
/// be presented meanwhile.
async fn hold_back(conn: &mut Conn, plan: &ErasurePlan, deleted: &[Deleted]) -> QueryResult<()> {
    for (id, _, _, claimed_until) in deleted {
        let parts = plan.parts.iter();
        let mut parts =
            parts.filter(|part| part.subject.connection().map(IdBytes::from) == Some(*id));
        let (Some(part), Some(until)) = (parts.next(), claimed_until) else {
            continue;
        };
        with_conn!(conn, |conn| diesel::update(
            erasure_credentials::table.find(IdBytes::from(part.id))
        )
        .set(erasure_credentials::held_until.eq(Some(*until)))
        .execute(conn)
        .await)?;
    }
    Ok(())
}

/// Whether what was deleted is what the plan was made of.
fn is_all_of(
    estate: &Estate,
    steps: &[(IdBytes, Option<Vec<u8>>)],
    flows: &[(IdBytes, i64)],
    connections: &[Deleted],
) -> bool {
    // A step that was given up has nothing to be done any more.
    let undone = steps.iter().filter(|(_, payload)| payload.is_some());
    let steps: BTreeSet<_> = undone.map(|(id, _)| id.0).collect();
    let known_steps = estate.steps.iter().map(|step| IdBytes::from(step.id).0);
    let flows: BTreeSet<_> = flows.iter().map(|(id, version)| (id.0, *version)).collect();
    let known_flows = estate.flows.iter();
    let known_flows = known_flows.map(|it| (IdBytes::from(it.id).0, i64::from(it.version)));
    let connections: BTreeSet<_> = connections
        .iter()
        .map(|(id, version, is_live, _)| (id.0, *version, *is_live))
        .collect();
    let known_connections = estate.connections.iter().map(|it| {
        let version = i64::from(it.credential_version);
        (IdBytes::from(it.id).0, version, !it.is_disconnected())
    });
    steps == known_steps.collect()
        && flows == known_flows.collect()
        && connections == known_connections.collect()
}

/// So that the same request leads to the same erasure. What is older than a day goes.
async fn remember(conn: &mut Conn, answered: &Answered, outcome: IdBytes) -> QueryResult<()> {
    let known_since = UnixMicros::from(answered.known_since());
    with_conn!(conn, |conn| diesel::delete(
        answered_requests::table.filter(answered_requests::created_at.lt(known_since))
    )
    .execute(conn)
    .await)?;
    let row = (
        answered_requests::caller_id.eq(IdBytes::from(answered.caller)),
        answered_requests::route.eq(answered.route),
        answered_requests::key_sha256.eq(answered.key_sha256.as_slice()),
        answered_requests::request_sha256.eq(answered.request_sha256.as_slice()),
        answered_requests::outcome_id.eq(outcome),
        answered_requests::created_at.eq(UnixMicros::from(answered.at)),
    );
    with_conn!(conn, |conn| diesel::insert_into(answered_requests::table)
        .values(row)
        .execute(conn)
        .await)?;
    Ok(())
}
