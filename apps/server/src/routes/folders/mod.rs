//! Folders: what lies in a connected storage.

pub(super) mod by_connection;
pub(super) mod by_provider;
pub(super) mod create;

mod order;
mod page;
mod part;
mod written;

pub(crate) use self::written::WrittenPages;
