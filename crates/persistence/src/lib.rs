#![doc = include_str!("../README.md")]

mod conn;
mod database;
mod dialect;
mod error;
pub mod meters;
mod migrate;
mod postgres;
mod schema;
mod sql_types;
mod sqlite;
mod transaction;

// One file an aggregate: its row, the conversions, the port.
mod census;
mod connections;
mod documents;
mod erasures;
mod events;
mod login_flows;
mod operator_keys;
mod outbox;
mod refreshes;
mod replicas;
mod sessions;
mod trail;
mod users;

pub use census::{ConnectionCount, ErasureCount, OutboxCount, PoolStatus};
pub use database::{Database, DatabaseOptions};
pub use error::DatabaseError;
