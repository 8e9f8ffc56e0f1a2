//! Faults that change how a handler deals, in place of what it answers.

use std::time::Duration;

use crate::corruption::Corruption;
use crate::identity::{Rotation, TokenTerms};
use crate::scenario::Scenario;

/// What one request's handler has to heed. It comes with every request.
#[derive(Clone, Copy, Default)]
pub(crate) struct Terms {
    pub(super) expires_in: Option<Duration>,
    pub(super) rotation: Option<Rotation>,
    /// The way in which a WebDAV account is odd.
    pub(crate) odd: Option<Scenario>,
    /// What goes wrong with a content that is uploaded.
    pub(crate) corruption: Corruption,
    /// Whether the upload session that the request is for is gone.
    pub(crate) upload_expired: bool,
    /// Whether a file's SHA-256 is not told.
    pub(crate) untold_digest: bool,
    /// Whether a range is overlooked and the whole content sent.
    pub(crate) ignores_range: bool,
}

impl Terms {
    /// The token endpoint's terms: the provider's own where no fault has others.
    pub(crate) fn tokens(self, expires_in_secs: u64, rotation: Rotation) -> TokenTerms {
        TokenTerms {
            expires_in: self
                .expires_in
                .unwrap_or(Duration::from_secs(expires_in_secs)),
            rotation: self.rotation.unwrap_or(rotation),
        }
    }
}
