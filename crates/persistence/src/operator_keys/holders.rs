//! The columns that hold keys which an operator's key wrapped: the one place that lists them.
//!
//! Another such column is a line of `holders!` here, a variant of [`Holder`], an index like that of
//! `user_keys`, and an arm where services say what it is bound to.

use diesel::dsl::sql;
use diesel::sql_types::Binary;
use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    QueryResult,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::operator_key::{Holder, OperatorKeyId, WrappedRow};
use wharf_domain::ports::operator_keys::Rewrapped;
use wharf_domain::user::WrappedDataKey;

use crate::conn::{Conn, with_conn};
use crate::schema::{erasures, user_keys};
use crate::sql_types::IdBytes;

/// For each kind of holder: the variant, the table, the column of its id, the wrapped column, how that is
/// selected (`assume_not_null` where it may be empty), and the id of the wrapping key as the index has it.
macro_rules! holders {
    ($($kind:ident, $table:ident, $id:ident, $wrapped:ident, $selected:expr, $key:literal;)+) => {
        /// The id that follows on `after` among those that rows name, whatever its length.
        pub(super) async fn next_key(
            conn: &mut Conn,
            after: Option<&[u8]>,
        ) -> QueryResult<Option<Vec<u8>>> {
            let mut next: Option<Vec<u8>> = None;
            $({
                // In two forms, so that each looks into the index once.
                let found: Option<Vec<u8>> = match after {
                    Some(after) => with_conn!(&mut *conn, |conn| $table::table
                        .filter(sql::<Binary>($key).gt(after))
                        .order(sql::<Binary>($key))
                        .select(sql::<Binary>($key))
                        .first(conn)
                        .await),
                    None => with_conn!(&mut *conn, |conn| $table::table
                        .filter(sql::<Binary>($key).is_not_null())
                        .order(sql::<Binary>($key))
                        .select(sql::<Binary>($key))
                        .first(conn)
                        .await),
                }
                .optional()?;
                next = next.into_iter().chain(found).min();
            })+
            Ok(next)
        }

        /// How many rows were wrapped by this key.
        pub(super) async fn count(conn: &mut Conn, key: OperatorKeyId) -> QueryResult<u64> {
            let mut all = 0;
            $({
                let count: i64 = with_conn!(&mut *conn, |conn| $table::table
                    .filter(sql::<Binary>($key).eq(key.0.as_slice()))
                    .count()
                    .get_result(conn)
                    .await)?;
                all += count.unsigned_abs();
            })+
            Ok(all)
        }

        /// Up to `limit` rows that were wrapped by this key, from behind `after` on.
        pub(super) async fn page(
            conn: &mut Conn,
            key: OperatorKeyId,
            after: Option<Holder>,
            limit: usize,
        ) -> QueryResult<Vec<WrappedRow>> {
            let mut rows: Vec<WrappedRow> = Vec::new();
            $({
                // A holder of a later kind leaves none of this kind, one of an earlier kind all of them.
                let behind = match after {
                    Some(Holder::$kind(id)) => Some(IdBytes::from(id)),
                    after if after > Some(Holder::$kind(IdBytes::HIGHEST.into())) => None,
                    _ => Some(IdBytes::LOWEST),
                };
                let room = limit.saturating_sub(rows.len());
                if let Some(behind) = behind && room > 0 {
                    let found: Vec<(IdBytes, Vec<u8>)> = with_conn!(&mut *conn, |conn| $table::table
                        .filter(sql::<Binary>($key).eq(key.0.as_slice()))
                        .filter($table::$id.gt(behind))
                        .order($table::$id)
                        .limit(i64::try_from(room).unwrap_or(i64::MAX))
                        .select(($table::$id, $selected))
                        .load(conn)
                        .await)?;
                    rows.extend(found.into_iter().map(|(id, wrapped)| WrappedRow {
                        holder: Holder::$kind(id.into()),
                        wrapped: WrappedDataKey(wrapped),
                    }));
                }
            })+
            Ok(rows)
        }

        /// Has a row hold what was wrapped anew, if it still holds what it did.
        pub(super) async fn replace(conn: &mut Conn, row: &Rewrapped) -> QueryResult<usize> {
            let (before, after) = (row.before.wrapped.0.as_slice(), row.wrapped.0.as_slice());
            match row.before.holder {
                $(Holder::$kind(id) => with_conn!(conn, |conn| diesel::update(
                    $table::table
                        .filter($table::$id.eq(IdBytes::from(id)))
                        .filter($table::$wrapped.eq(before))
                )
                .set($table::$wrapped.eq(after))
                .execute(conn)
                .await),)+
            }
        }
    };
}

holders! {
    User, user_keys, user_id, wrapped, user_keys::wrapped, "substr(wrapped, 3, 16)";
    Erasure, erasures, id, purge_key, erasures::purge_key.assume_not_null(), "substr(purge_key, 3, 16)";
}
