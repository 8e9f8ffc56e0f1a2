//! Users, as they see themselves.

pub(super) mod me;
pub(super) mod set_default_storage;

mod profile;
