//! What a server answered, and what is demanded of it.

use anyhow::Context as _;
use serde_json::Value;
use ureq::Body;
use ureq::http::{HeaderMap, Response};

use crate::json;

/// More than anything the demonstration asks for.
const MAX_BODY_BYTES: u64 = 64 * 1024 * 1024;

/// A whole answer.
pub(crate) struct Answer {
    status: u16,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads the answer to its end.
    pub(crate) fn read(response: Response<Body>) -> anyhow::Result<Self> {
        let (parts, body) = response.into_parts();
        let body = body.into_with_config().limit(MAX_BODY_BYTES);
        Ok(Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.read_to_vec()?,
        })
    }

    /// Demands this status.
    pub(crate) fn expect(self, status: u16) -> anyhow::Result<Self> {
        anyhow::ensure!(
            self.status == status,
            "expected {status}, got {}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        Ok(self)
    }

    /// Demands a refusal: a problem (RFC 9457) of this status and code.
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> anyhow::Result<()> {
        let problem = self.expect(status)?.json()?;
        let got = json::text(&problem, "/code")?;
        anyhow::ensure!(got == code, "expected {code}, got {problem}");
        Ok(())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_slice(&self.body).context("the body is not JSON")
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> anyhow::Result<&str> {
        let value = self.headers.get(name).and_then(|it| it.to_str().ok());
        value.with_context(|| format!("the answer has no {name}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &Value) -> Answer {
        Answer {
            status,
            headers: HeaderMap::new(),
            body: body.to_string().into_bytes(),
        }
    }

    #[test]
    fn another_status_is_an_error_that_shows_the_answer() {
        let error = answer(500, &json!({"code": "internal"})).expect(200).err();
        let said = error.unwrap().to_string();
        assert_eq!(said, r#"expected 200, got 500: {"code":"internal"}"#);
    }

    #[test]
    fn a_problem_must_have_its_status_and_its_code() {
        let problem = json!({"code": "storage_disconnected"});
        let expect = |status, code| answer(409, &problem).expect_problem(status, code);
        assert!(expect(409, "storage_disconnected").is_ok());
        assert!(expect(409, "conflict").is_err());
        assert!(expect(404, "storage_disconnected").is_err());
    }

    #[test]
    fn a_missing_header_is_named() {
        let error = answer(200, &json!({})).header("repr-digest").unwrap_err();
        assert_eq!(error.to_string(), "the answer has no repr-digest");
    }
}
