//! What everybody passes who comes in: passwords, how often they may be guessed, and who was recognised a
//! moment ago. Accounts and sessions share it.

use std::fmt;
use std::sync::Arc;

use wharf_domain::ports::attempts::Attempts;
use wharf_domain::ports::passwords::Passwords;

use crate::attempt_limits::AttemptLimits;
use crate::sessions::Recognised;

/// What everybody passes who comes in. Cheap to clone; all clones are the same gate.
#[derive(Clone)]
pub struct Gate {
    pub(crate) passwords: Arc<dyn Passwords>,
    pub(crate) limits: AttemptLimits,
    pub(crate) recognised: Recognised,
}

impl Gate {
    /// A gate of these passwords, at which guesses are counted by `attempts`.
    pub fn new(passwords: Arc<dyn Passwords>, attempts: Arc<dyn Attempts>) -> Self {
        Self {
            passwords,
            limits: AttemptLimits::new(attempts),
            recognised: Recognised::default(),
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}
