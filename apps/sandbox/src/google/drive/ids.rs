//! What identifies a file or a shared drive.

use std::sync::Arc;

use crate::random::Random;

/// An id, opaque to clients.
pub(super) type Id = Arc<str>;

/// Stands for the top folder of the caller's own Drive.
pub(super) const ROOT_ALIAS: &str = "root";

pub(super) fn file_id(random: &Random) -> Id {
    random.text("1", 32).into()
}

/// The id of a top folder; that of a shared drive is also the drive's own.
pub(super) fn top_id(random: &Random) -> Id {
    format!("{}Uk9PVA", random.text("0A", 11)).into()
}
