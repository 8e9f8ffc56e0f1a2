//! Refusals: what a handler returns instead of an answer.
//!
//! A refusal knows its code and what the caller may read. It becomes a body where the request id is
//! known, in the envelope around all routes; see `problem`.

pub mod chain;
pub mod code;
pub mod reference;

pub(crate) mod problem;

mod from_services;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CONTENT_RANGE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpResponse, ResponseError};

pub use self::code::Code;

/// Why a request is refused.
///
/// Its `Display` is the code and its sources are for the log; callers get code, detail and field.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    detail: Option<Cow<'static, str>>,
    field: Option<String>,
    hint: Option<Hint>,
    source: Option<Box<dyn Error>>,
}

/// What a program may want to know beyond the code, in a header of its own.
#[derive(Clone, Debug)]
enum Hint {
    /// The methods that the address has.
    Allow(String),
    /// The size of the content that the range lies outside of, in bytes.
    ContentOf(u64),
    /// In how many seconds to try again.
    RetryAfter(u64),
}

impl ApiError {
    /// A refusal of which there is nothing to say but its code.
    pub(crate) const fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            field: None,
            hint: None,
            source: None,
        }
    }

    /// A value that is not as it must be.
    pub(crate) fn invalid(field: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(Code::InvalidRequest).saying(detail.to_string())
        }
    }

    /// A method that an address does not have; `allowed` are those that it has.
    pub(crate) fn method_not_allowed(allowed: String) -> Self {
        Self::new(Code::MethodNotAllowed).hinting(Hint::Allow(allowed))
    }

    /// The same refusal with something to say to the caller beyond the code's meaning.
    pub(crate) fn saying(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    /// The same refusal with what lies beneath, for the log.
    pub(crate) fn caused_by(self, source: impl Error + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..self
        }
    }

    fn hinting(self, hint: Hint) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    /// The code.
    pub const fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.name())
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref()
    }
}

/// Asks for a log-in that is no older than five minutes (RFC 9470, section 3).
const STEP_UP: &str = "Bearer error=\"insufficient_user_authentication\", max_age=\"300\"";

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Status and headers only: the envelope adds the body.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        let headers = response.headers_mut();
        if self.status_code() == StatusCode::UNAUTHORIZED {
            let challenge = match self.code {
                Code::RecentLoginRequired => STEP_UP,
                _ => "Bearer",
            };
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some((name, value)) = self.hint.as_ref().and_then(Hint::to_header) {
            headers.insert(name, value);
        }
        response
    }
}

impl Hint {
    fn to_header(&self) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = match self {
            Self::Allow(methods) => (ALLOW, methods.clone()),
            Self::ContentOf(total_bytes) => (CONTENT_RANGE, format!("bytes */{total_bytes}")),
            Self::RetryAfter(seconds) => (RETRY_AFTER, seconds.to_string()),
        };
        HeaderValue::try_from(value).ok().map(|value| (name, value))
    }
}
