//! Which identity provider.

use serde::{Deserialize, Serialize};

/// A simulated identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provider {
    /// Google: refresh tokens stay as they are.
    Google,
    /// Microsoft: every refresh brings a new refresh token, and the one before works on.
    Microsoft,
}
