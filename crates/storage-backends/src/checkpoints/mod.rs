//! Places that checkpoints of the audit trail are copied to: a file, or a bucket. They know no signature
//! and no user.

mod bucket;
mod file;

use std::error::Error;

use wharf_domain::ports::checkpoint_copies::CopyError;

pub use self::bucket::CheckpointBucket;
pub use self::file::CheckpointFile;

fn failed(
    what: &'static str,
    place: &'static str,
) -> impl Fn(Box<dyn Error + Send + Sync>) -> CopyError {
    move |source| CopyError {
        what,
        place,
        source,
    }
}
