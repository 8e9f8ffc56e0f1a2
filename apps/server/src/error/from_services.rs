//! What the services' errors are called in answers: one match, and no other place decides a code
//! for them.

use std::time::Duration;

use wharf::domain::ports::oauth::{OAuthError, OAuthErrorKind};
use wharf::domain::ports::outside_tokens::OutsideRefusal;
use wharf::domain::ports::passwords::PasswordError;
use wharf::domain::ports::repository::RepositoryError;
use wharf::domain::ports::storage::{AddressRefusal, StorageError, StorageErrorKind};
use wharf::domain::ports::tokens::TokenRefusal;
use wharf::services::error::ServiceError;
use wharf::services::vault::VaultError;

use super::{ApiError, Code, Hint};

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        of_service(&error).caused_by(error)
    }
}

fn of_service(error: &ServiceError) -> ApiError {
    match error {
        ServiceError::NotFound => Code::NotFound.into(),
        ServiceError::WrongLogin => Code::WrongLogin.into(),
        ServiceError::Token(refusal) => of_token(*refusal).into(),
        ServiceError::SessionEnded => Code::SessionEnded.into(),
        ServiceError::OutsideToken(refusal) => of_outside_token(*refusal),
        ServiceError::NoAccount(reason) => {
            ApiError::new(Code::NoAccount).saying(reason.to_string())
        }
        ServiceError::AccountDisabled => Code::AccountDisabled.into(),
        ServiceError::TooManyAttempts { retry_after } => {
            let wait = retry_after.as_secs().saturating_add(1);
            ApiError::new(Code::TooManyAttempts).hinting(Hint::RetryAfter(wait))
        }
        ServiceError::WrongPassword => Code::WrongPassword.into(),
        ServiceError::NoPassword => Code::NoPassword.into(),
        ServiceError::LoginTooOld => Code::RecentLoginRequired.into(),
        ServiceError::IdempotencyKeyReused => Code::IdempotencyKeyReused.into(),
        ServiceError::OwnAccount => Code::OwnAccount.into(),
        ServiceError::LastAdmin => Code::LastAdmin.into(),
        ServiceError::HasStorages => Code::HasStorages.into(),
        ServiceError::EmailTaken => Code::AlreadyExists.into(),
        ServiceError::Password(error) => of_password(*error),
        ServiceError::AddressNotAllowed(refusal) => of_address(refusal),
        ServiceError::UpstreamAuthFailed => Code::UpstreamAuthFailed.into(),
        ServiceError::TooManyConnections => Code::TooManyConnections.into(),
        ServiceError::NotConnected => Code::NotConnected.into(),
        ServiceError::ConnectionAmbiguous => Code::ConnectionAmbiguous.into(),
        ServiceError::RequiresReauth => Code::RequiresReauth.into(),
        ServiceError::RefreshPending => {
            ApiError::new(Code::RefreshPending).hinting(Hint::RetryAfter(SOON.as_secs()))
        }
        ServiceError::StorageDisconnected => Code::StorageDisconnected.into(),
        ServiceError::DocumentChanged => Code::DocumentChanged.into(),
        ServiceError::CursorInvalid => Code::InvalidCursor.into(),
        ServiceError::CursorExpired => Code::CursorExpired.into(),
        ServiceError::PreconditionRequired => Code::PreconditionRequired.into(),
        ServiceError::Contended => Code::Conflict.into(),
        ServiceError::ProviderNotOffered => Code::UnknownProvider.into(),
        ServiceError::ReturnUrlNotAllowed => ApiError::invalid("return_url", error),
        ServiceError::InvalidState => Code::InvalidState.into(),
        ServiceError::Authorizations(_) => {
            ApiError::new(Code::AuthorizationUnavailable).hinting(Hint::RetryAfter(SOON.as_secs()))
        }
        ServiceError::OwnerChanged => Code::RoleNotAllowed.into(),
        ServiceError::ScopeInsufficient => Code::ScopeInsufficient.into(),
        ServiceError::AccountMismatch => Code::AccountMismatch.into(),
        ServiceError::ConnectionEnded => Code::ConsentExpired.into(),
        ServiceError::ConsentIncomplete => Code::ConsentIncomplete.into(),
        ServiceError::OAuth(error) => of_oauth(error),
        ServiceError::Storage(error) => of_storage(error),
        ServiceError::Repository(error) => of_repository(error).into(),
        ServiceError::Vault(error) => of_vault(error).into(),
        ServiceError::Ledger(_) => Code::NotReady.into(),
        ServiceError::Aborted => Code::Internal.into(),
        ServiceError::Shared(error) => of_service(error),
        // Enums of other crates may grow; what is new there is nobody's fault but ours.
        _ => ApiError::new(Code::Internal),
    }
}

/// How long to wait where nobody says for how long.
const SOON: Duration = Duration::from_secs(5);

/// What happened at an authorization server.
fn of_oauth(error: &OAuthError) -> ApiError {
    match &error.kind {
        OAuthErrorKind::NotConfigured => Code::UnknownProvider.into(),
        OAuthErrorKind::GrantRefused => Code::ConsentExpired.into(),
        OAuthErrorKind::ClientRefused => Code::ProviderMisconfigured.into(),
        OAuthErrorKind::IssuerMismatch => Code::InvalidState.into(),
        OAuthErrorKind::Unavailable {
            retry_after: Some(wait),
        } => {
            let patience = wait.as_secs().max(1);
            ApiError::new(Code::RateLimitedUpstream).hinting(Hint::RetryAfter(patience))
        }
        OAuthErrorKind::Unreachable => Code::Unreachable.into(),
        OAuthErrorKind::InvalidAnswer
        | OAuthErrorKind::Unavailable { retry_after: None }
        | OAuthErrorKind::AnswerLost => Code::UpstreamUnavailable.into(),
        _ => Code::Internal.into(),
    }
}

/// What happened to a storage.
fn of_storage(error: &StorageError) -> ApiError {
    let in_house = error.provider.is_none();
    match &error.kind {
        StorageErrorKind::NotFound => Code::ItemNotFound.into(),
        StorageErrorKind::AlreadyExists => Code::AlreadyExists.into(),
        StorageErrorKind::PreconditionFailed => Code::PreconditionFailed.into(),
        StorageErrorKind::IntoItself => Code::IntoItself.into(),
        StorageErrorKind::NotAFolder => Code::NotAFolder.into(),
        StorageErrorKind::NotAFile => Code::NotAFile.into(),
        StorageErrorKind::NameNotAllowed => Code::NameNotAllowed.into(),
        StorageErrorKind::CredentialRefused => Code::RequiresReauth.into(),
        StorageErrorKind::Forbidden => Code::StorageForbidden.into(),
        StorageErrorKind::Full => Code::StorageFull.into(),
        StorageErrorKind::TooLarge => Code::TooLarge.into(),
        StorageErrorKind::Locked => Code::Locked.into(),
        StorageErrorKind::RateLimited { retry_after } => {
            let patience = retry_after.unwrap_or(DEFAULT_PATIENCE).as_secs().max(1);
            ApiError::new(Code::RateLimitedUpstream).hinting(Hint::RetryAfter(patience))
        }
        StorageErrorKind::IntegrityMismatch => Code::IntegrityMismatch.into(),
        StorageErrorKind::UploadInterrupted => Code::UploadIncomplete.into(),
        StorageErrorKind::AddressRefused(refusal) => of_address(refusal),
        StorageErrorKind::RangeNotSatisfiable { total } => {
            let refusal = ApiError::new(Code::RangeNotSatisfiable);
            match total {
                Some(total) => refusal.hinting(Hint::ContentOf(*total)),
                None => refusal,
            }
        }
        StorageErrorKind::SizeRequired => Code::LengthRequired.into(),
        StorageErrorKind::TooManyEntries => Code::FolderTooLarge.into(),
        StorageErrorKind::Unsupported => Code::NotSupported.into(),
        // All that is left says that the storage is unwell; the house's own health is the operator's.
        _ if in_house => Code::HouseUnavailable.into(),
        StorageErrorKind::Unreachable => Code::Unreachable.into(),
        StorageErrorKind::TimedOut => Code::UpstreamTimeout.into(),
        StorageErrorKind::WrongProtocol => Code::NotWebdav.into(),
        // Another access token may be accepted; the connection is not at fault.
        StorageErrorKind::TokenExpired
        | StorageErrorKind::Unavailable
        | StorageErrorKind::Interrupted
        | StorageErrorKind::Failed => Code::UpstreamUnavailable.into(),
        _ => Code::Internal.into(),
    }
}

/// How long to wait when a storage asks for patience without saying for how long.
const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);

/// Only what the typed text alone decided is told; the rest is one body (S-12).
fn of_address(refusal: &AddressRefusal) -> ApiError {
    let error = ApiError::new(Code::UrlNotAllowed);
    match refusal.told {
        Some(told) => error.saying(told),
        None => error,
    }
}

fn of_token(refusal: TokenRefusal) -> Code {
    match refusal {
        TokenRefusal::Expired => Code::TokenExpired,
        TokenRefusal::Invalid => Code::TokenInvalid,
        _ => Code::Internal,
    }
}

fn of_outside_token(refusal: OutsideRefusal) -> ApiError {
    match refusal {
        OutsideRefusal::Expired => Code::TokenExpired.into(),
        OutsideRefusal::KeysUnavailable => {
            ApiError::new(Code::IssuerUnavailable).hinting(Hint::RetryAfter(SOON.as_secs()))
        }
        _ => Code::TokenInvalid.into(),
    }
}

fn of_password(error: PasswordError) -> ApiError {
    match error {
        PasswordError::Length { .. } => ApiError::invalid("password", error),
        PasswordError::Busy => ApiError::new(Code::Busy).hinting(Hint::RetryAfter(SOON.as_secs())),
        _ => Code::Internal.into(),
    }
}

fn of_repository(error: &RepositoryError) -> Code {
    match error {
        RepositoryError::Duplicate => Code::Conflict,
        RepositoryError::Unavailable(_) => Code::DatabaseUnavailable,
        // The account was deleted while its request was under way.
        RepositoryError::OwnerRefused => Code::TokenInvalid,
        _ => Code::Internal,
    }
}

fn of_vault(error: &VaultError) -> Code {
    match error {
        VaultError::KeyUnavailable { .. } => Code::KeyUnavailable,
        VaultError::NoDataKey => Code::TokenInvalid,
        VaultError::Repository(error) => of_repository(error),
        _ => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;
    use wharf::domain::ports::storage::Operation;
    use wharf::domain::provider::Provider;

    use super::*;
    use crate::error::problem::Problem;

    fn refused(kind: StorageErrorKind, provider: Option<Provider>) -> ApiError {
        ServiceError::Storage(StorageError::new(kind, Operation::Read, provider)).into()
    }

    #[test]
    fn a_failing_house_is_not_called_a_failing_provider() {
        for kind in [
            StorageErrorKind::Failed,
            StorageErrorKind::Unavailable,
            StorageErrorKind::Interrupted,
            StorageErrorKind::TimedOut,
        ] {
            assert_eq!(refused(kind.clone(), None).code(), Code::HouseUnavailable);
            assert_ne!(
                refused(kind, Some(Provider::Webdav)).code(),
                Code::HouseUnavailable
            );
        }
    }

    #[test]
    fn patience_and_size_stand_in_headers() {
        let limited = StorageErrorKind::RateLimited {
            retry_after: Some(Duration::from_secs(7)),
        };
        let answer = refused(limited, Some(Provider::Webdav)).error_response();
        assert_eq!(answer.headers().get("retry-after").unwrap(), "7");

        let outside = StorageErrorKind::RangeNotSatisfiable { total: Some(9) };
        let answer = refused(outside, None).error_response();
        assert_eq!(answer.headers().get("content-range").unwrap(), "bytes */9");
    }

    /// S-12: whether a name is private or unknown is not to be seen.
    #[test]
    fn what_only_the_network_could_tell_is_one_body() {
        let body = |rule: &'static str, told: Option<&'static str>| {
            let error = ServiceError::AddressNotAllowed(AddressRefusal {
                rule,
                told,
                found: true,
            });
            let request = wharf::domain::context::RequestId([0; 16]);
            Problem::new(&error.into(), request).to_json()
        };
        assert_eq!(body("private_address", None), body("unknown_name", None));
        assert!(body("port", Some("the port is not allowed")).contains("the port is not allowed"));
    }
}
