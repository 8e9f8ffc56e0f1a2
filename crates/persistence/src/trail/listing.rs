//! The trail by filter, the latest first. Each filter that is given has an index whose order is that of
//! the list, so that a page is read and no more; one that is not given is no part of the query.

use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::ports::trail::{ListedAt, TrailFilter};

use super::rows::{LinkRow, number};
use crate::conn::Conn;
use crate::schema::audit_trail;
use crate::sql_types::{IdBytes, UnixMicros};

/// The query for one database: a query whose parts are chosen as it is made has the database in its type.
macro_rules! query {
    ($database:ty, $filter:expr, $before:expr, $limit:expr) => {{
        let filter: &TrailFilter = $filter;
        let mut query = audit_trail::table
            .select(LinkRow::as_select())
            .order((
                audit_trail::occurred_at.desc(),
                audit_trail::position.desc(),
            ))
            .limit(i64::try_from($limit).unwrap_or(i64::MAX))
            .into_boxed::<$database>();
        if let Some(ListedAt { at, position }) = $before {
            let at = UnixMicros::from(at);
            // The first says nothing new, but it is what an index is searched by.
            query = query.filter(audit_trail::occurred_at.le(at)).filter(
                audit_trail::occurred_at
                    .lt(at)
                    .or(audit_trail::position.lt(number(position))),
            );
        }
        if let Some(actor) = filter.actor {
            query = query.filter(audit_trail::actor_id.eq(IdBytes::from(actor)));
        }
        if let Some(action) = &filter.action {
            query = query.filter(audit_trail::action.eq(action));
        }
        if let Some(resource) = filter.resource {
            query = query.filter(audit_trail::resource_id.eq(IdBytes(resource)));
        }
        if let Some(outcome) = &filter.outcome {
            query = query.filter(audit_trail::outcome.eq(outcome));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_trail::occurred_at.ge(UnixMicros::from(from)));
        }
        if let Some(until) = filter.until {
            query = query.filter(audit_trail::occurred_at.lt(UnixMicros::from(until)));
        }
        query
    }};
}

/// Reads the rows of a page.
pub(super) async fn load(
    conn: &mut Conn,
    filter: &TrailFilter,
    before: Option<ListedAt>,
    limit: usize,
) -> QueryResult<Vec<LinkRow>> {
    match conn {
        Conn::Sqlite(conn) => query!(Sqlite, filter, before, limit).load(conn).await,
        Conn::Postgres(conn) => query!(Pg, filter, before, limit).load(conn).await,
    }
}

#[cfg(test)]
mod tests {
    use diesel::debug_query;
    use wharf_domain::id::UserId;
    use wharf_domain::time::Timestamp;

    use super::*;

    /// Queries as the databases get them, from `FROM` on, whose plans are tested on real ones.
    const QUERIES: &str = include_str!("../../tests/persistence/trail_queries.tsv");

    const BEFORE: ListedAt = ListedAt {
        at: Timestamp::from_unix_micros(2),
        position: 9,
    };

    fn filters() -> [(&'static str, TrailFilter); 7] {
        let anything = TrailFilter::default;
        let (mut actor, mut action, mut resource) = (anything(), anything(), anything());
        actor.actor = Some(UserId::from_bytes([1; 16]));
        action.action = Some("user.created".to_owned());
        resource.resource = Some([2; 16]);
        let (mut outcome, mut time) = (anything(), anything());
        outcome.outcome = Some("refused".to_owned());
        time.from = Some(Timestamp::from_unix_micros(0));
        time.until = Some(Timestamp::from_unix_micros(1));
        [
            ("the first page", anything()),
            ("nothing", anything()),
            ("actor", actor),
            ("action", action),
            ("resource", resource),
            ("outcome", outcome),
            ("time", time),
        ]
    }

    #[test]
    fn the_queries_whose_plans_are_tested_are_those_that_are_made() {
        let mut made = String::new();
        for (name, filter) in filters() {
            let before = (name != "the first page").then_some(BEFORE);
            let sqlite = query!(Sqlite, &filter, before, 201);
            let postgres = query!(Pg, &filter, before, 201);
            let texts = [
                ("sqlite", debug_query::<Sqlite, _>(&sqlite).to_string()),
                ("postgres", debug_query::<Pg, _>(&postgres).to_string()),
            ];
            for (database, text) in texts {
                let (_, text) = text.split_once(" FROM ").unwrap();
                let (text, _) = text.split_once(" -- ").unwrap();
                made.push_str(&format!("{name}\t{database}\t{text}\n"));
            }
        }
        assert_eq!(made, QUERIES);
    }
}
