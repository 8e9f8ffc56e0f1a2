//! An answer as it came, and the questions that tests ask of it.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Headers that say nothing about what was asked for: when, by which name, over which connection.
const INCIDENTAL: [&str; 3] = ["connection", "date", "x-request-id"];

/// An answer without what differs between any two: for comparing them byte by byte (E-01, S-12).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Masked {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    /// The one value of a header; none if it is absent.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "{name} is there twice");
        Some(value.to_str().unwrap())
    }

    /// Name and value of the cookie that the answer sets, as a browser sends them back.
    #[track_caller]
    pub(crate) fn cookie(&self) -> String {
        let header = self.header("set-cookie").unwrap();
        header.split(';').next().unwrap().to_owned()
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let Self { headers, body, .. } = &self;
        assert_eq!(self.status, status, "{headers:?} {body:?}");
        self
    }

    /// The body of a refusal, which must be a whole problem of RFC 9457 with this code (G-03).
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        let answer = self.expect(status);
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("application/problem+json"));
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert!(problem["type"].is_string(), "{problem}");
        assert!(problem["title"].is_string(), "{problem}");
        assert_eq!(
            problem["request_id"].as_str(),
            answer.header("x-request-id")
        );
        problem
    }

    /// The answer without what is incidental.
    pub(crate) fn masked(&self) -> Masked {
        let request_id = self.header("x-request-id").unwrap();
        let headers = self.headers.iter();
        let mut headers: Vec<_> = headers
            .filter(|(name, _)| !INCIDENTAL.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        Masked {
            status: self.status,
            headers,
            body: self.text().replace(request_id, "<request id>"),
        }
    }
}
