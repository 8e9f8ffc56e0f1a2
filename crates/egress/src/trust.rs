//! Who named an address, which decides what it has to pass. Knows no rule itself.

/// Where the address of a request comes from.
///
/// A [`crate::Client`] has one of these and judges every request by it; [`crate::Client::trusting`]
/// gives the same client for another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trust {
    /// A user typed it: every rule holds.
    #[default]
    Typed,
    /// A provider or a user's server issued it in an answer. What it may point to is judged like a typed
    /// one; that it leads to whoever may be meant is [`crate::Policy::check_issued`]'s to say (S-16).
    Issued,
    /// The operator's settings name it. Any address and port will do, for a MinIO or an identity
    /// provider in the own network is what the operator meant; https, or plain http to this machine.
    Operator,
}

impl Trust {
    /// A stable name, for logs and metrics.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Issued => "issued",
            Self::Operator => "operator",
        }
    }
}
