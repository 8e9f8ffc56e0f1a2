//! Connections: a user's ties to storages.

pub(super) mod begin_login_flow;
pub(super) mod check;
pub(super) mod connect_webdav;
pub(super) mod connection;
pub(super) mod disconnect;
pub(super) mod get;
pub(super) mod list;
pub(super) mod login_flow;
pub(super) mod rename;

pub(super) use self::list::ConnectionList;
