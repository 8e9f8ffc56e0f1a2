//! Wharf's HTTP interface, as a client of it sees it.

use serde_json::Value;
use ureq::{Agent, RequestBuilder};

use crate::answer::Answer;
use crate::{http, json};

/// A person who is logged in.
pub(crate) struct Api {
    agent: Agent,
    base: String,
    bearer: String,
}

impl Api {
    /// Logs in; also says for how many seconds the access token holds.
    pub(crate) fn log_in(base: &str, email: &str, password: &str) -> anyhow::Result<(Self, u64)> {
        let mut api = Self {
            agent: http::client(),
            base: base.to_owned(),
            bearer: String::new(),
        };
        let login = serde_json::json!({ "email": email, "password": password });
        let session = api.post("/api/auth/login", &login)?.expect(200)?.json()?;
        api.bearer = format!("Bearer {}", json::text(&session, "/access_token")?);
        Ok((api, json::number(&session, "/expires_in")?))
    }

    /// Somebody who has an access token already.
    pub(crate) fn with_token(base: &str, token: &str) -> Self {
        Self {
            agent: http::client(),
            base: base.to_owned(),
            bearer: format!("Bearer {token}"),
        }
    }

    /// The access token.
    pub(crate) fn token(&self) -> &str {
        self.bearer.trim_start_matches("Bearer ")
    }

    /// The header line that authorises whoever sends it.
    pub(crate) fn bearer_header(&self) -> String {
        format!("Authorization: {}", self.bearer)
    }

    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Answer> {
        Answer::read(self.with_bearer(self.agent.get(self.url(path))).call()?)
    }

    /// Bytes `first` to `last`, both included (RFC 9110, section 14.1.2).
    pub(crate) fn get_range(
        &self,
        path: &str,
        first: usize,
        last: usize,
    ) -> anyhow::Result<Answer> {
        let request = self.with_bearer(self.agent.get(self.url(path)));
        let request = request.header("Range", format!("bytes={first}-{last}"));
        Answer::read(request.call()?)
    }

    pub(crate) fn delete(&self, path: &str) -> anyhow::Result<Answer> {
        Answer::read(self.with_bearer(self.agent.delete(self.url(path))).call()?)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        let body = body.to_string().into_bytes();
        self.send(path, "application/json", &body)
    }

    pub(crate) fn upload(&self, path: &str, bytes: &[u8]) -> anyhow::Result<Answer> {
        self.send(path, "application/octet-stream", bytes)
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) -> anyhow::Result<Answer> {
        let request = self.with_bearer(self.agent.put(self.url(path)));
        Answer::read(
            request
                .content_type("application/octet-stream")
                .send(bytes)?,
        )
    }

    fn send(&self, path: &str, content_type: &str, bytes: &[u8]) -> anyhow::Result<Answer> {
        let request = self.with_bearer(self.agent.post(self.url(path)));
        Answer::read(request.content_type(content_type).send(bytes)?)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn with_bearer<Any>(&self, request: RequestBuilder<Any>) -> RequestBuilder<Any> {
        if self.bearer.is_empty() {
            return request;
        }
        request.header("Authorization", &self.bearer)
    }
}
