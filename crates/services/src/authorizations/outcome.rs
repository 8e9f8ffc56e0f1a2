//! What came of an authorization, as a browser and an application may know it: a closed set, in which
//! nothing is that a provider said (O-11).

use std::fmt;

use secrecy::SecretString;
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::oauth::OAuthErrorKind;

use crate::connections::Connected;
use crate::error::ServiceError;
use crate::vault::VaultError;

/// What came of an authorization.
#[derive(Clone)]
pub enum Outcome {
    /// The account is connected.
    Connected(ConnectionId),
    /// Another browser came back than the one that began: the application of whoever began must
    /// confirm.
    Confirm(SecretString),
    /// The person, or their organisation, said no.
    Denied,
    /// Less was granted than is needed.
    ScopeInsufficient,
    /// Another account consented than the one that was to be authorised again.
    AccountMismatch,
    /// The provider took the account for authorised already and gave no refresh token.
    ConsentIncomplete,
    /// The user has as many connections as one may have.
    TooManyConnections,
    /// The code was not accepted, for it came too late or was used before; or its connection was ended
    /// meanwhile.
    Expired,
    /// The account may not connect storages any more.
    NotAllowed,
    /// The provider has trouble, or the server has: try again later.
    Unavailable,
    /// The provider does not accept this server: the operator must act.
    Misconfigured,
    /// Something else went wrong.
    Failed,
}

impl Outcome {
    /// The stable name: it stands in addresses.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Connected(_) => "connected",
            Self::Confirm(_) => "confirm",
            Self::Denied => "denied",
            Self::ScopeInsufficient => "scope_insufficient",
            Self::AccountMismatch => "account_mismatch",
            Self::ConsentIncomplete => "consent_incomplete",
            Self::TooManyConnections => "too_many_connections",
            Self::Expired => "expired",
            Self::NotAllowed => "not_allowed",
            Self::Unavailable => "unavailable",
            Self::Misconfigured => "misconfigured",
            Self::Failed => "failed",
        }
    }

    /// What came of redeeming a code.
    ///
    /// # Errors
    /// Hands on what says that there was no authorization to complete.
    pub(super) fn of(connected: Result<Connected, ServiceError>) -> Result<Self, ServiceError> {
        let error = match connected {
            Ok(connected) => return Ok(Self::Connected(connected.connection.id)),
            Err(error @ (ServiceError::InvalidState | ServiceError::Authorizations(_))) => {
                return Err(error);
            }
            Err(error) => error,
        };
        let outcome = Self::of_error(&error);
        match outcome {
            Self::Misconfigured | Self::Failed => {
                tracing::error!(%error, outcome = outcome.as_str(), "not connected");
            }
            _ => tracing::info!(%error, outcome = outcome.as_str(), "not connected"),
        }
        Ok(outcome)
    }

    fn of_error(error: &ServiceError) -> Self {
        match error {
            ServiceError::ScopeInsufficient => Self::ScopeInsufficient,
            ServiceError::AccountMismatch => Self::AccountMismatch,
            ServiceError::ConsentIncomplete => Self::ConsentIncomplete,
            ServiceError::TooManyConnections => Self::TooManyConnections,
            ServiceError::OwnerChanged => Self::NotAllowed,
            ServiceError::ConnectionEnded => Self::Expired,
            ServiceError::Contended
            | ServiceError::Repository(_)
            | ServiceError::Vault(VaultError::KeyUnavailable { .. } | VaultError::Repository(_)) => {
                Self::Unavailable
            }
            ServiceError::OAuth(error) => match error.kind {
                OAuthErrorKind::GrantRefused => Self::Expired,
                OAuthErrorKind::NotConfigured | OAuthErrorKind::ClientRefused => {
                    Self::Misconfigured
                }
                OAuthErrorKind::Unavailable { .. }
                | OAuthErrorKind::Unreachable
                | OAuthErrorKind::AnswerLost => Self::Unavailable,
                _ => Self::Failed,
            },
            _ => Self::Failed,
        }
    }
}

/// Without the confirmation.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an authorization server gave no code (RFC 6749, section 4.1.2.1; OpenID Connect Core, section
/// 3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The person, or their organisation, said no.
    Denied,
    /// The server has trouble.
    Unavailable,
    /// The server does not accept what it was asked, or by whom.
    Misconfigured,
    /// Anything else.
    Other,
}

impl Refusal {
    /// The refusal that an `error` code means; whatever it is, it goes no further.
    pub fn of_code(code: &str) -> Self {
        match code {
            "access_denied"
            | "consent_required"
            | "interaction_required"
            | "login_required"
            | "account_selection_required" => Self::Denied,
            "server_error" | "temporarily_unavailable" => Self::Unavailable,
            "invalid_request"
            | "unauthorized_client"
            | "unsupported_response_type"
            | "invalid_scope"
            | "invalid_client"
            | "invalid_resource" => Self::Misconfigured,
            _ => Self::Other,
        }
    }

    pub(super) const fn outcome(self) -> Outcome {
        match self {
            Self::Denied => Outcome::Denied,
            Self::Unavailable => Outcome::Unavailable,
            Self::Misconfigured => Outcome::Misconfigured,
            Self::Other => Outcome::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use wharf_domain::ports::repository::RepositoryError;

    use super::*;

    //
    #[test]
    fn what_may_be_over_in_a_moment_is_told_apart() {
        let key = VaultError::KeyUnavailable { id: "k".to_owned() };
        let database = || RepositoryError::Unavailable("down".into());
        for (error, outcome) in [
            (ServiceError::Vault(key), "unavailable"),
            (VaultError::Repository(database()).into(), "unavailable"),
            (database().into(), "unavailable"),
            (VaultError::Refused.into(), "failed"),
            (ServiceError::ConnectionEnded, "expired"),
        ] {
            assert_eq!(Outcome::of_error(&error).as_str(), outcome, "{error}");
        }
    }

    // O-11
    #[test]
    fn a_provider_s_words_become_one_of_ours() {
        for (code, refusal) in [
            ("access_denied", Refusal::Denied),
            ("consent_required", Refusal::Denied),
            ("temporarily_unavailable", Refusal::Unavailable),
            ("invalid_scope", Refusal::Misconfigured),
            ("", Refusal::Other),
            ("access_denied ", Refusal::Other),
            ("<script>", Refusal::Other),
        ] {
            assert_eq!(Refusal::of_code(code), refusal, "{code}");
        }
    }
}
