//! The body of a refusal: RFC 9457, with the code to decide by and the request id to ask for.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::context::RequestId;

use super::{ApiError, Code};

/// The media type of a problem (RFC 9457, section 3).
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was refused (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the code says what the status does not.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// The stable name to decide by; the table of codes says what it means.
    code: &'static str,
    /// What is wrong, for people.
    detail: String,
    /// Which member of the body or parameter of the query is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Names the request in the operator's log.
    request_id: String,
}

impl Problem {
    /// The problem that `error` is for the caller of `request`.
    pub(crate) fn new(error: &ApiError, request: RequestId) -> Self {
        let detail = error.detail.as_deref().unwrap_or(error.code.meaning());
        Self {
            field: error.field.clone(),
            ..Self::bare(error.code, detail, request)
        }
    }

    /// The problem of a refusal of which only the code is known.
    pub(crate) fn of_code(code: Code, request: RequestId) -> Self {
        Self::bare(code, code.meaning(), request)
    }

    fn bare(code: Code, detail: &str, request: RequestId) -> Self {
        let status = code.status();
        Self {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code: code.name(),
            detail: detail.to_owned(),
            field: None,
            request_id: request.to_string(),
        }
    }

    /// The body.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers and strings can be written as JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: RequestId = RequestId([0xab; 16]);

    #[test]
    fn a_problem_says_what_is_wrong_and_nothing_of_the_cause() {
        let cause = std::io::Error::other("canary");
        let error = ApiError::invalid("name", "must not be empty").caused_by(cause);
        let expected = concat!(
            r#"{"type":"about:blank","title":"Bad Request","status":400,"code":"invalid_request","#,
            r#""detail":"must not be empty","field":"name","#,
            r#""request_id":"abababababababababababababababab"}"#,
        );
        assert_eq!(Problem::new(&error, REQUEST).to_json(), expected);
    }
}
