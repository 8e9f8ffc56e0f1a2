//! The terms on which a token endpoint deals: how long access tokens last and what a refresh does to the
//! refresh token. Each provider has its own; a fault may set others.

use std::time::Duration;

/// What a token endpoint gives.
#[derive(Clone, Copy)]
pub(crate) struct TokenTerms {
    /// For how long an access token is good.
    pub(crate) expires_in: Duration,
    /// What becomes of refresh tokens.
    pub(crate) rotation: Rotation,
}

/// What a refresh does to the refresh token, from the mildest to the strictest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rotation {
    /// Nothing.
    Never,
    /// It gets a successor and works on.
    Overlapping,
    /// It gets a successor and is refused from then on.
    Strict,
    /// The same, and using it again ends the whole grant (RFC 9700, section 4.14.2).
    StrictOrNothing,
}
