//! A small HTTP client that shows answers as they are: no redirect followed, no status an error.

use std::io::{self, Read};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use ureq::http::{HeaderMap, Request};
use ureq::{Agent, SendBody};
use wharf_sandbox::Access;

/// Longer than any sound answer takes; a stalled one is cut off here.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request in the making.
pub(crate) struct Call {
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, String)>,
    patience: Duration,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    body: ureq::Body,
}

pub(crate) fn call(method: &'static str, url: impl Into<String>) -> Call {
    Call {
        method,
        url: url.into(),
        headers: Vec::new(),
        patience: PATIENCE,
    }
}

/// A request with an account's credentials to a path, percent-encoded, beneath its top folder.
pub(crate) fn call_as(access: &Access, method: &'static str, path: &str) -> Call {
    let credentials = format!("{}:{}", access.username, access.password);
    let authorization = format!("Basic {}", STANDARD.encode(credentials));
    call(method, format!("{}{path}", access.url)).header("Authorization", authorization)
}

impl Call {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub(crate) fn send(self) -> Answer {
        self.try_send(SendBody::none()).unwrap()
    }

    pub(crate) fn send_bytes(self, body: &[u8]) -> Answer {
        self.try_send(SendBody::from_reader(&mut &*body)).unwrap()
    }

    /// Sends a form, as OAuth's endpoints want it.
    pub(crate) fn send_form(self, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.header("Content-Type", "application/x-www-form-urlencoded")
            .send_bytes(body.as_bytes())
    }

    pub(crate) fn send_json(self, body: &Value) -> Answer {
        self.header("Content-Type", "application/json")
            .send_bytes(body.to_string().as_bytes())
    }

    pub(crate) fn try_send(self, body: SendBody<'_>) -> Result<Answer, ureq::Error> {
        let agent: Agent = Agent::config_builder()
            .allow_non_standard_methods(true)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(self.patience))
            .build()
            .into();
        let mut request = Request::builder().method(self.method).uri(self.url);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let (head, body) = agent.run(request.body(body).unwrap())?.into_parts();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        })
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The whole body.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let (bytes, end) = self.bytes_until_end();
        end.unwrap();
        bytes
    }

    pub(crate) fn text(self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    /// The body as JSON; null if there is none.
    pub(crate) fn json(self) -> Value {
        let text = self.text();
        if text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&text).unwrap()
    }

    /// The bytes that came, and how they ended.
    pub(crate) fn bytes_until_end(self) -> (Vec<u8>, io::Result<()>) {
        let mut bytes = Vec::new();
        let end = self.body.into_reader().read_to_end(&mut bytes);
        (bytes, end.map(drop))
    }
}
