//! The table of error codes: a public contract. Rows are added at the end of their status and never
//! changed or taken away, because programs decide by them.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($variant:ident = $name:literal, $status:ident, $retryable:literal, $meaning:literal;)+) => {
        /// Why a request was refused, as a program may decide by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        name: $name,
                        status: StatusCode::$status,
                        retryable: $retryable,
                        meaning: $meaning,
                    },)+
                }
            }
        }
    };
}

struct Row {
    name: &'static str,
    status: StatusCode,
    retryable: bool,
    meaning: &'static str,
}

codes! {
    InvalidRequest = "invalid_request", BAD_REQUEST, false, "The body, the query or a value in it has the wrong shape; `field` says which, if it is one.";
    InvalidCursor = "invalid_cursor", BAD_REQUEST, false, "The cursor is none of this list.";
    UploadIncomplete = "upload_incomplete", BAD_REQUEST, true, "The content ended before it was complete, or is not as long as was announced. Nothing was stored.";
    InvalidState = "invalid_state", BAD_REQUEST, false, "The answer or confirmation belongs to no authorization: it is incomplete, expired, was used before, or is another's. Begin again.";
    TokenMissing = "token_missing", UNAUTHORIZED, false, "There is no access token in the Authorization header.";
    TokenInvalid = "token_invalid", UNAUTHORIZED, false, "The access token is not accepted.";
    TokenExpired = "token_expired", UNAUTHORIZED, false, "The access token has expired: log in again.";
    WrongLogin = "wrong_login", UNAUTHORIZED, false, "Mail address and password do not belong together.";
    SessionEnded = "session_ended", UNAUTHORIZED, false, "The refresh token carries no session on: the session has ended, or the token was used before. Log in again.";
    RecentLoginRequired = "recent_login_required", UNAUTHORIZED, false, "What cannot be undone needs a log-in of the last five minutes: log in again.";
    WrongPassword = "wrong_password", FORBIDDEN, false, "The current password is another.";
    AccountDisabled = "account_disabled", FORBIDDEN, false, "The account is switched off: ask an admin.";
    NoAccount = "no_account", FORBIDDEN, false, "The token is good, but its person has no account here.";
    RoleNotAllowed = "role_not_allowed", FORBIDDEN, false, "The account's role may not do this.";
    StorageForbidden = "storage_forbidden", FORBIDDEN, false, "The storage does not permit this to the connected account.";
    OriginNotAllowed = "origin_not_allowed", FORBIDDEN, false, "Web pages of this origin may not use the session's cookie.";
    NotFound = "not_found", NOT_FOUND, false, "There is no such thing, or it is somebody else's.";
    UnknownRoute = "unknown_route", NOT_FOUND, false, "There is nothing at this address.";
    UnknownProvider = "unknown_provider", NOT_FOUND, false, "There is no provider of this name.";
    NotConnected = "not_connected", NOT_FOUND, false, "The user has no connection of this provider.";
    ItemNotFound = "item_not_found", NOT_FOUND, false, "There is no such file or folder in the storage.";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, false, "The address exists, but not with this method; `Allow` names the others.";
    AlreadyExists = "already_exists", CONFLICT, false, "The name is taken.";
    Conflict = "conflict", CONFLICT, true, "Somebody else is changing the same thing.";
    ConnectionAmbiguous = "connection_ambiguous", CONFLICT, false, "The user has several connections of this provider: name one by `connection_id`.";
    TooManyConnections = "too_many_connections", CONFLICT, false, "The user has as many connections as one may have.";
    RequiresReauth = "requires_reauth", CONFLICT, false, "The storage refuses the stored credential: connect the account again.";
    StorageDisconnected = "storage_disconnected", CONFLICT, false, "The storage that holds the document was disconnected: connect the account again.";
    DocumentChanged = "document_changed", CONFLICT, false, "What lies in the storage is not what was stored: somebody changed or removed it there.";
    NotAFolder = "not_a_folder", CONFLICT, false, "The item is a file and a folder is needed.";
    NotAFile = "not_a_file", CONFLICT, false, "The item is a folder and a file is needed.";
    IntoItself = "into_itself", CONFLICT, false, "An item cannot go where it is already, or into itself.";
    AccountMismatch = "account_mismatch", CONFLICT, false, "Another account consented than the one whose connection was to be authorised again.";
    OwnAccount = "own_account", CONFLICT, false, "An admin changes other accounts this way, and not their own.";
    LastAdmin = "last_admin", CONFLICT, false, "Nobody could manage accounts any more: make another admin first.";
    HasStorages = "has_storages", CONFLICT, false, "The account has connections or documents, which an admin has none of.";
    NoPassword = "no_password", CONFLICT, false, "The account has no password: another identity system vouches for its user.";
    CursorExpired = "cursor_expired", GONE, false, "The list has changed since the cursor was made: begin again.";
    LengthRequired = "length_required", LENGTH_REQUIRED, false, "The storage must know the size beforehand: send Content-Length, or `size` before the file.";
    PreconditionFailed = "precondition_failed", PRECONDITION_FAILED, false, "What there is is not what the request expects: somebody changed it. Nothing was done.";
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE, false, "The body is larger than this route takes.";
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, false, "The storage does not take contents of this size.";
    UriTooLong = "uri_too_long", URI_TOO_LONG, false, "The address is longer than 8 KiB.";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, false, "The body's media type or coding is not taken here.";
    RangeNotSatisfiable = "range_not_satisfiable", RANGE_NOT_SATISFIABLE, false, "No byte of the content lies in the range.";
    UrlNotAllowed = "url_not_allowed", UNPROCESSABLE_ENTITY, false, "The address may not be connected to.";
    UpstreamAuthFailed = "upstream_auth_failed", UNPROCESSABLE_ENTITY, false, "The storage refused the user name and password.";
    NotWebdav = "not_webdav", UNPROCESSABLE_ENTITY, false, "What answers there does not speak WebDAV.";
    NameNotAllowed = "name_not_allowed", UNPROCESSABLE_ENTITY, false, "The storage cannot keep this name.";
    NotSupported = "not_supported", UNPROCESSABLE_ENTITY, false, "The storage cannot do this.";
    ScopeInsufficient = "scope_insufficient", UNPROCESSABLE_ENTITY, false, "Less was permitted at the provider than is needed.";
    ConsentIncomplete = "consent_incomplete", UNPROCESSABLE_ENTITY, false, "The provider gave no refresh token: remove the application in the account's settings there, and begin again.";
    ConsentExpired = "consent_expired", UNPROCESSABLE_ENTITY, false, "The provider's answer is not good any more: begin again.";
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, false, "The idempotency key was used for another request: choose another.";
    Locked = "locked", LOCKED, true, "The item is locked by somebody.";
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED, false, "If-Match must say which content is to be replaced; `*` is any.";
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS, true, "The password was guessed too often, for this account or from this address; `Retry-After` says when to try again.";
    HeadersTooLarge = "headers_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, false, "The headers are larger than 32 KiB.";
    Internal = "internal", INTERNAL_SERVER_ERROR, false, "Something went wrong here; the operator finds it in the log by the request id.";
    Unreachable = "unreachable", BAD_GATEWAY, true, "The storage's server cannot be reached.";
    UpstreamUnavailable = "upstream_unavailable", BAD_GATEWAY, true, "The storage's server has trouble, or broke off.";
    FolderTooLarge = "folder_too_large", BAD_GATEWAY, false, "The folder has more entries than are read at once.";
    ProviderMisconfigured = "provider_misconfigured", BAD_GATEWAY, false, "The provider does not accept this server: the operator must mend the settings.";
    IntegrityMismatch = "integrity_mismatch", BAD_GATEWAY, true, "The storage kept other bytes than were sent. A new item was removed again; a content that replaced another stands, damaged as it is.";
    RateLimitedUpstream = "rate_limited_upstream", SERVICE_UNAVAILABLE, true, "The storage asks for patience; `Retry-After` says for how long.";
    DatabaseUnavailable = "database_unavailable", SERVICE_UNAVAILABLE, true, "The database cannot be reached.";
    HouseUnavailable = "house_unavailable", SERVICE_UNAVAILABLE, true, "The house's own storage failed.";
    KeyUnavailable = "key_unavailable", SERVICE_UNAVAILABLE, true, "A key that is needed is not loaded.";
    NotReady = "not_ready", SERVICE_UNAVAILABLE, true, "The server cannot serve at the moment.";
    AuthorizationUnavailable = "authorization_unavailable", SERVICE_UNAVAILABLE, true, "Authorizations cannot be begun or completed at the moment; `Retry-After` says when to try again.";
    IssuerUnavailable = "issuer_unavailable", SERVICE_UNAVAILABLE, true, "The keys of the identity system that gave the token cannot be had; `Retry-After` says when to try again.";
    Busy = "busy", SERVICE_UNAVAILABLE, true, "So many passwords wait to be compared that another would wait for too long; `Retry-After` says when to try again.";
    RefreshPending = "refresh_pending", SERVICE_UNAVAILABLE, true, "The connection's access token is being renewed, and that takes longer than usual; `Retry-After` says when to try again.";
    UpstreamTimeout = "upstream_timeout", GATEWAY_TIMEOUT, true, "The storage's server took too long.";
    StorageFull = "storage_full", INSUFFICIENT_STORAGE, false, "The storage is full.";
}

impl Code {
    /// The stable name that stands in answers.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The status that goes with it.
    pub const fn status(self) -> StatusCode {
        self.row().status
    }

    /// Whether the same request may succeed later without anybody changing anything.
    pub const fn is_retryable(self) -> bool {
        self.row().retryable
    }

    /// What it means, for people.
    pub const fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// The code for a refusal that was not decided in this crate, by its status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::UnknownRoute,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge,
            StatusCode::URI_TOO_LONG => Self::UriTooLong,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            status if status.as_u16() < 500 => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_stands_for_two_codes() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn the_table_is_ordered_by_status() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.status().as_u16()));
    }
}
