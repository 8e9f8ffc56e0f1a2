//! The SQL types that both databases have in their own way, and how the domain's ids and instants
//! are written in them. It knows no table.

use std::io::Write as _;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, SqlType};
use diesel::sqlite::Sqlite;
use wharf_domain::id::{ConnectionId, DocumentId, EventId, UserId};
use wharf_domain::time::Timestamp;

/// An identifier: `uuid` in PostgreSQL, a blob of 16 bytes in SQLite.
#[derive(Clone, Copy, Debug, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct Id;

/// An instant: `timestamptz` in PostgreSQL, microseconds since the Unix epoch in SQLite.
#[derive(Clone, Copy, Debug, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
pub struct Instant;

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts, in microseconds since the Unix epoch.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Lets diesel bind a domain type as the SQL type, and read it from a column of that type.
macro_rules! column_value {
    ($($value:ty as $sql_type:ty),+) => {$(
        impl AsExpression<$sql_type> for $value {
            type Expression = Bound<$sql_type, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'a> AsExpression<$sql_type> for &'a $value {
            type Expression = Bound<$sql_type, &'a $value>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<DB: Backend> Queryable<$sql_type, DB> for $value
        where
            Self: FromSql<$sql_type, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    )+};
}

column_value!([u8; 16] as Id);

impl ToSql<Id, Pg> for [u8; 16] {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self)?;
        Ok(IsNull::No)
    }
}

impl ToSql<Id, Sqlite> for [u8; 16] {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Pg> for [u8; 16] {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(value.as_bytes().try_into()?)
    }
}

impl FromSql<Id, Sqlite> for [u8; 16] {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(bytes.as_slice().try_into()?)
    }
}

/// Stores an identifier as its sixteen bytes.
macro_rules! id_value {
    ($($id:ty),+) => {$(
        column_value!($id as Id);

        impl<DB: Backend> ToSql<Id, DB> for $id
        where
            [u8; 16]: ToSql<Id, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_bytes().to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<Id, DB> for $id
        where
            [u8; 16]: FromSql<Id, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                FromSql::from_sql(value).map(Self::from_bytes)
            }
        }
    )+};
}

id_value!(UserId, ConnectionId, DocumentId, EventId);
column_value!(Timestamp as Instant);

impl ToSql<Instant, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self
            .as_unix_micros()
            .checked_sub(POSTGRES_EPOCH_MICROS)
            .ok_or("an instant lies too far back")?;
        ToSql::<BigInt, Pg>::to_sql(&micros, &mut out.reborrow())
    }
}

impl ToSql<Instant, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_unix_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Pg> for Timestamp {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        // PostgreSQL's `infinity` is the largest number, so it overflows here.
        <i64 as FromSql<BigInt, Pg>>::from_sql(value)?
            .checked_add(POSTGRES_EPOCH_MICROS)
            .map(Self::from_unix_micros)
            .ok_or_else(|| "an instant lies too far ahead".into())
    }
}

impl FromSql<Instant, Sqlite> for Timestamp {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self::from_unix_micros)
    }
}
