//! The deletion ledger outside the database: a file, or objects in the house's storage (K-09). It knows
//! nobody's name.

mod file;
mod objects;

pub use self::file::FileLedger;
pub(crate) use self::objects::ObjectLedger;

use wharf_domain::ports::deletion_ledger::Deletion;

/// How many entries are read at once.
const BATCH: usize = 1_000;

/// An entry as text: the erasure, an underscore, the user.
fn written(deletion: Deletion) -> String {
    format!("{}_{}", deletion.erasure, deletion.user)
}

/// The entry that was [`written`]; `None` for anything else.
fn read(entry: &str) -> Option<Deletion> {
    let (erasure, user) = entry.split_once('_')?;
    Some(Deletion {
        erasure: erasure.parse().ok()?,
        user: user.parse().ok()?,
    })
}
