//! The SQL types that both databases have in their own way, and how ids and instants are written in
//! them. It knows no table.

use std::fmt;
use std::io::Write as _;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, SqlType};
use diesel::sqlite::Sqlite;
use wharf_domain::id::{
    ConnectionId, DocumentId, ErasureId, EventId, LoginFlowId, ReplicaId, SessionId, StepId,
    TurnId, UserId,
};
use wharf_domain::time::Timestamp;

/// The SQL type of an identifier: `uuid` in PostgreSQL, a blob of 16 bytes in SQLite.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(
    postgres_type(oid = 2950, array_oid = 2951),
    sqlite_type(name = "Binary")
)]
pub struct Id;

/// The SQL type of an instant: `timestamptz` in PostgreSQL, microseconds since the Unix epoch in
/// SQLite.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(
    postgres_type(oid = 1184, array_oid = 1185),
    sqlite_type(name = "Long")
)]
pub struct Instant;

/// An identifier in a row.
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Id)]
pub(crate) struct IdBytes(pub(crate) [u8; 16]);

impl IdBytes {
    /// Sorts before every identifier.
    pub(crate) const LOWEST: Self = Self([0; 16]);
    /// Sorts behind every identifier.
    pub(crate) const HIGHEST: Self = Self([0xff; 16]);
}

/// An instant in a row.
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Instant)]
pub(crate) struct UnixMicros(i64);

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts, in microseconds since the Unix epoch.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

macro_rules! id_bytes {
    ($($id:ty),+) => {$(
        impl From<$id> for IdBytes {
            fn from(id: $id) -> Self {
                Self(*id.as_bytes())
            }
        }

        impl From<IdBytes> for $id {
            fn from(IdBytes(bytes): IdBytes) -> Self {
                Self::from_bytes(bytes)
            }
        }
    )+};
}

id_bytes!(
    ConnectionId,
    DocumentId,
    ErasureId,
    EventId,
    LoginFlowId,
    ReplicaId,
    SessionId,
    StepId,
    TurnId,
    UserId
);

impl fmt::Display for IdBytes {
    /// Writes the hyphenated form, like the domain's ids.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        UserId::from(*self).fmt(f)
    }
}

impl From<Timestamp> for UnixMicros {
    fn from(instant: Timestamp) -> Self {
        Self(instant.as_unix_micros())
    }
}

impl From<UnixMicros> for Timestamp {
    fn from(UnixMicros(micros): UnixMicros) -> Self {
        Self::from_unix_micros(micros)
    }
}

impl ToSql<Id, Pg> for IdBytes {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.0)?;
        Ok(IsNull::No)
    }
}

impl ToSql<Id, Sqlite> for IdBytes {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Pg> for IdBytes {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(value.as_bytes().try_into()?))
    }
}

impl FromSql<Id, Sqlite> for IdBytes {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(bytes.as_slice().try_into()?))
    }
}

impl ToSql<Instant, Pg> for UnixMicros {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self
            .0
            .checked_sub(POSTGRES_EPOCH_MICROS)
            .ok_or("an instant lies too far back")?;
        ToSql::<BigInt, Pg>::to_sql(&micros, &mut out.reborrow())
    }
}

impl ToSql<Instant, Sqlite> for UnixMicros {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0);
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Pg> for UnixMicros {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        // PostgreSQL's `infinity` is the largest number, so it overflows here.
        <i64 as FromSql<BigInt, Pg>>::from_sql(value)?
            .checked_add(POSTGRES_EPOCH_MICROS)
            .map(Self)
            .ok_or_else(|| "an instant lies too far ahead".into())
    }
}

impl FromSql<Instant, Sqlite> for UnixMicros {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self)
    }
}
