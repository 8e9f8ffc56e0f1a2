//! Users, as they see themselves.

pub(super) mod change_password;
pub(super) mod end_session;
pub(super) mod list_sessions;
pub(super) mod me;
pub(super) mod set_default_storage;

mod profile;
mod session;

pub(super) use self::session::SessionPage;
