//! Accounts as admins see and change them.

pub(super) mod change_user;
pub(super) mod create_user;
pub(super) mod delete_user;
pub(super) mod end_sessions;
pub(super) mod get_erasure;
pub(super) mod get_user;
pub(super) mod list_connections;
pub(super) mod list_sessions;
pub(super) mod list_users;

mod account;
mod erasure;

pub(crate) use self::erasure::Erasure;
