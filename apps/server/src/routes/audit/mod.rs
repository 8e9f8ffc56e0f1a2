//! The audit trail, for admins.

pub(super) mod list;
pub(super) mod verify;

mod event;
