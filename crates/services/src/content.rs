//! What of a content a caller wants, and under which conditions (RFC 9110, sections 13 and 14).

use wharf_domain::conditions::{Conditions, Validators, Verdict};
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};
use wharf_domain::range::ByteRange;

/// What of a content is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentQuery {
    /// The part; `None` is the whole.
    pub range: Option<ByteRange>,
    /// What the caller has already, or expects.
    pub conditions: Conditions,
}

/// What a caller gets of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This part of it; `None` is the whole.
    Content(Option<ByteRange>),
    /// Nothing: the caller has it already.
    Nothing,
}

impl ContentQuery {
    /// What is wanted of a content with these validators.
    ///
    /// # Errors
    /// [`StorageErrorKind::PreconditionFailed`] if the caller expects another content.
    pub(crate) fn wanted(&self, current: Validators<'_>) -> Result<Wanted, StorageError> {
        match self.conditions.of_reading(current) {
            Verdict::Proceed => Ok(Wanted::Content(self.range)),
            Verdict::IgnoreRange => Ok(Wanted::Content(None)),
            Verdict::NotModified => Ok(Wanted::Nothing),
            Verdict::PreconditionFailed => Err(StorageError::new(
                StorageErrorKind::PreconditionFailed,
                Operation::Read,
                None,
            )),
        }
    }
}
