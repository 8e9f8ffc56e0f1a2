//! One answer of an endpoint, read whole, and what an error in it means (RFC 6749, section 5.2).

use bytes::Bytes;
use oauth2::HttpResponse;
use oauth2::http::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use wharf_domain::ports::oauth::OAuthErrorKind;
use wharf_egress::Response;

use crate::Fault;

/// An answer of no more than the exchange's limit.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads the body to its end.
    pub(crate) async fn read(response: Response) -> Result<Self, Fault> {
        Ok(Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.collect_capped(u64::MAX).await?,
        })
    }

    /// The answer as `oauth2` reads it, if it is one that may hold tokens (O-09). That one JSON text is all
    /// of it is seen to here: `oauth2` does not look at what follows.
    pub(crate) fn into_token_answer(self) -> Result<HttpResponse, Fault> {
        if self.status != StatusCode::OK || self.json::<IgnoredAny>().is_none() {
            return Err(self.fault());
        }
        let mut answer = HttpResponse::new(self.body.into());
        *answer.headers_mut() = self.headers;
        Ok(answer)
    }

    /// What the answer holds, if all is well.
    pub(crate) fn into_json<T: DeserializeOwned>(self) -> Result<T, Fault> {
        if self.status != StatusCode::OK {
            return Err(self.fault());
        }
        // The parser's own words would quote the answer.
        self.json()
            .ok_or_else(|| Fault::of_status(OAuthErrorKind::InvalidAnswer, self.status.as_u16()))
    }

    /// The code of the error in it, where it is one of RFC 6749's form.
    pub(crate) fn error_code(&self) -> Option<ErrorCode> {
        let is_refusal = self.status.is_client_error();
        is_refusal
            .then(|| self.json::<ErrorAnswer>())
            .flatten()
            .map(|answer| answer.error)
    }

    /// What kept the answer from being the wanted one.
    pub(crate) fn fault(&self) -> Fault {
        let kind = match self.error_code() {
            Some(code) => code.kind(),
            None => OAuthErrorKind::InvalidAnswer,
        };
        self.fault_of(kind)
    }

    /// This trouble, with the answer's status beneath it.
    pub(crate) fn fault_of(&self, kind: OAuthErrorKind) -> Fault {
        Fault::of_status(kind, self.status.as_u16())
    }

    fn json<T: DeserializeOwned>(&self) -> Option<T> {
        self.is_json()
            .then(|| serde_json::from_slice(&self.body).ok())
            .flatten()
    }

    fn is_json(&self) -> bool {
        let Some(Ok(value)) = self.headers.get(CONTENT_TYPE).map(|it| it.to_str()) else {
            return false;
        };
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    }
}

/// An error as RFC 6749 writes it. Descriptions and numbers are not even read (O-11): Microsoft's are for
/// people and may change,
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.
#[derive(Deserialize)]
struct ErrorAnswer {
    error: ErrorCode,
}

/// The errors that are told apart: RFC 6749, section 5.2; RFC 7009, section 2.2.1; OpenID Connect Core
/// 1.0, section 3.1.2.6; and those of the two providers beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorCode {
    InvalidGrant,
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    LoginRequired,

    InvalidClient,
    UnauthorizedClient,
    DeletedClient,
    DisabledClient,
    InvalidRequest,
    InvalidResource,
    InvalidScope,
    RedirectUriMismatch,
    UnsupportedGrantType,

    ServerError,
    SlowDown,
    TemporarilyUnavailable,

    InvalidToken,
    UnsupportedTokenType,

    #[serde(other)]
    Other,
}

impl ErrorCode {
    const fn kind(self) -> OAuthErrorKind {
        match self {
            Self::InvalidGrant
            | Self::AccessDenied
            | Self::ConsentRequired
            | Self::InteractionRequired
            | Self::LoginRequired => OAuthErrorKind::GrantRefused,
            Self::InvalidClient
            | Self::UnauthorizedClient
            | Self::DeletedClient
            | Self::DisabledClient
            | Self::InvalidRequest
            | Self::InvalidResource
            | Self::InvalidScope
            | Self::RedirectUriMismatch
            | Self::UnsupportedGrantType => OAuthErrorKind::ClientRefused,
            Self::ServerError | Self::SlowDown | Self::TemporarilyUnavailable => {
                OAuthErrorKind::Unavailable { retry_after: None }
            }
            Self::InvalidToken | Self::UnsupportedTokenType | Self::Other => {
                OAuthErrorKind::InvalidAnswer
            }
        }
    }
}
