//! Why a server could not be asked or said no, without the provider's name. What the server said stays
//! behind: no message repeats its text (O-11).

use std::error::Error;

use wharf_domain::ports::oauth::{OAuthError, OAuthErrorKind};
use wharf_domain::provider::Provider;
use wharf_egress::{Error as EgressError, Stage};

/// Trouble with an authorization server.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct Fault {
    kind: OAuthErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// What the trouble is.
    pub const fn kind(&self) -> &OAuthErrorKind {
        &self.kind
    }

    /// The trouble that an answer with this status is.
    pub(crate) fn of_status(kind: OAuthErrorKind, status: u16) -> Self {
        Self {
            kind,
            source: Some(UnwantedStatus(status).into()),
        }
    }

    /// The same, with whom it was.
    pub(crate) fn with(self, provider: Provider) -> OAuthError {
        OAuthError {
            kind: self.kind,
            provider,
            source: self.source,
        }
    }
}

/// What stands beneath an error that a status told.
#[derive(Debug, thiserror::Error)]
#[error("the server answered {0}")]
struct UnwantedStatus(u16);

impl From<OAuthErrorKind> for Fault {
    fn from(kind: OAuthErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl From<EgressError> for Fault {
    fn from(error: EgressError) -> Self {
        Self {
            kind: kind_of_egress(&error),
            source: Some(error.into()),
        }
    }
}

/// Whoever cannot tell whether the server has seen the request takes it for seen: a code or a refresh
/// token may be used up by now.
fn kind_of_egress(error: &EgressError) -> OAuthErrorKind {
    match error {
        EgressError::Refused { .. }
        | EgressError::Connect { .. }
        | EgressError::TimedOut {
            stage: Stage::Connect,
            ..
        } => OAuthErrorKind::Unreachable,
        EgressError::Tls { source, .. } if source.is_connect() => OAuthErrorKind::Unreachable,
        EgressError::BodyTooLarge { .. } => OAuthErrorKind::InvalidAnswer,
        _ => OAuthErrorKind::AnswerLost,
    }
}
