//! Why a use case did not do what it was asked to: one variant for each answer a caller can act on.

use std::sync::Arc;
use std::time::Duration;

use wharf_domain::page::InvalidCursor;
use wharf_domain::ports::deletion_ledger::LedgerError;
use wharf_domain::ports::oauth::OAuthError;
use wharf_domain::ports::one_time::OneTimeError;
use wharf_domain::ports::outside_tokens::OutsideRefusal;
use wharf_domain::ports::passwords::PasswordError;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::storage::{AddressRefusal, StorageError};
use wharf_domain::ports::tokens::TokenRefusal;

use crate::vault::VaultError;

/// Why somebody whom an issuer vouches for has no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoAccount {
    /// An admin has to make it.
    #[error("an admin has to make it")]
    NotProvisioned,
    /// The token names no mail address.
    #[error("the token names no mail address")]
    EmailMissing,
    /// The mail address is that of another account.
    #[error("its mail address is that of another account")]
    EmailTaken,
}

/// Why a use case did not do what it was asked to. Nothing is left half done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// There is no such thing, or it is somebody else's: the two are never told apart (E-01).
    #[error("there is no such thing")]
    NotFound,
    /// Mail address and password do not belong together (E-02).
    #[error("wrong mail address or password")]
    WrongLogin,
    /// The access token is not accepted, or its account has moved on.
    #[error(transparent)]
    Token(#[from] TokenRefusal),
    /// The refresh token carries no session on: its session has ended, or never was.
    #[error("the session has ended")]
    SessionEnded,
    /// The token of the outside issuer is not accepted.
    #[error(transparent)]
    OutsideToken(OutsideRefusal),
    /// The token is good, but belongs to no account.
    #[error(transparent)]
    NoAccount(#[from] NoAccount),
    /// The account is switched off.
    #[error("the account is switched off")]
    AccountDisabled,
    /// A password was guessed too often, at this account or from this address.
    #[error("too many attempts")]
    TooManyAttempts {
        /// How long until there may be another.
        retry_after: Duration,
    },
    /// The password that proves who asks is not theirs.
    #[error("wrong password")]
    WrongPassword,
    /// The account has no password: an issuer outside vouches for its user.
    #[error("the account has no password")]
    NoPassword,
    /// The caller logged in too long ago for what cannot be undone.
    #[error("a recent log-in is required")]
    LoginTooOld,
    /// The key of this request was that of another one.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// Nobody changes their own account as an admin changes others.
    #[error("it is the caller's own account")]
    OwnAccount,
    /// Nobody could manage accounts any more.
    #[error("it is the last admin")]
    LastAdmin,
    /// The account has connections or documents, which an admin has none of.
    #[error("the account has connections or documents")]
    HasStorages,
    /// Another account has this mail address.
    #[error("the mail address is taken")]
    EmailTaken,
    /// The password may not be set, or hashing failed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The address that was typed may not be reached.
    #[error("the address is not allowed")]
    AddressNotAllowed(AddressRefusal),
    /// The storage refused the user name and password that were just entered.
    #[error("the storage refused the user name and password")]
    UpstreamAuthFailed,
    /// The user has as many connections as one may have.
    #[error("the user has too many connections")]
    TooManyConnections,
    /// The user has no connection of this provider.
    #[error("nothing is connected")]
    NotConnected,
    /// The user has several connections of this provider and named none.
    #[error("several connections fit")]
    ConnectionAmbiguous,
    /// The storage refuses the stored credential: the user must connect again.
    #[error("the connection must be authorised again")]
    RequiresReauth,
    /// The connection's access token is being renewed, and that takes longer than a caller waits.
    #[error("the access token is being renewed")]
    RefreshPending,
    /// The storage that holds the document was disconnected.
    #[error("the storage was disconnected")]
    StorageDisconnected,
    /// What lies in the storage is not what was stored: somebody changed it there.
    #[error("the document was changed in its storage")]
    DocumentChanged,
    /// The cursor belongs to another list.
    #[error("the cursor belongs to another list")]
    CursorInvalid,
    /// The list has changed since the cursor was made.
    #[error("the list has changed")]
    CursorExpired,
    /// The caller must say what it expects, so that nobody's change is overwritten unseen.
    #[error("a condition is required")]
    PreconditionRequired,
    /// Somebody changed the same thing at the same time, again and again.
    #[error("somebody else is changing the same thing")]
    Contended,
    /// Users cannot connect this provider here.
    #[error("the provider is not offered")]
    ProviderNotOffered,
    /// The address to return to is none that the operator allows (O-04).
    #[error("the return address is not allowed")]
    ReturnUrlNotAllowed,
    /// The answer to an authorization belongs to none: it is unknown, expired, was used before, or is
    /// another's. Nothing tells which (O-02).
    #[error("the answer belongs to no authorization")]
    InvalidState,
    /// Authorizations cannot be begun or found again at the moment.
    #[error(transparent)]
    Authorizations(#[from] OneTimeError),
    /// The account was deleted meanwhile, or its role has no connections any more.
    #[error("the account may not connect storages any more")]
    OwnerChanged,
    /// Less was granted than is needed (O-08).
    #[error("the grant covers less than is needed")]
    ScopeInsufficient,
    /// Another account consented than the one whose connection was to be authorised again.
    #[error("another account consented")]
    AccountMismatch,
    /// The connection was ended while its authorization was under way.
    #[error("the connection was ended meanwhile")]
    ConnectionEnded,
    /// The provider gave no refresh token, and none is stored.
    #[error("the provider gave no refresh token")]
    ConsentIncomplete,
    /// An authorization server did not do what it was asked to.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    /// The storage did not do what it was asked to.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The database did not do what it was asked to.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The deletion ledger did not do what it was asked to.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A credential could not be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The task that did the work ended before its time.
    #[error("the work was aborted")]
    Aborted,
    /// What everybody is told who waited for the same work.
    #[error(transparent)]
    Shared(Arc<ServiceError>),
}

impl From<InvalidCursor> for ServiceError {
    fn from(InvalidCursor: InvalidCursor) -> Self {
        Self::CursorInvalid
    }
}
