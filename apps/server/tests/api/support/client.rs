//! A plain HTTP client: no redirect followed, no status an error, no answer kept waiting for ever.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Body, Method, RequestBuilder, Response};
use serde_json::Value;

use super::answer::Answer;

/// Longer than any sound answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who talks to a server, logged in or not.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Client {
    /// Somebody who is not logged in at the server with this address.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's client is no part of the product"
    )]
    pub(crate) fn anonymous(url: &str) -> Self {
        // Whoever came first has installed the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            http,
            url: url.to_owned(),
            token: None,
        }
    }

    /// The same client with an access token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The access token.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// Logs in and gives the access token.
    pub(crate) async fn login(&self, email: &str, password: &str) -> String {
        self.begin_session(email, password).await.access_token
    }

    /// Logs in and gives both tokens.
    pub(crate) async fn begin_session(&self, email: &str, password: &str) -> Pass {
        let login = serde_json::json!({"email": email, "password": password});
        let answer = self.post("/api/auth/login").json(&login).send().await;
        Pass::of(&answer.expect(200))
    }

    /// Asks to carry a session on.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Answer {
        let body = serde_json::json!({"refresh_token": refresh_token});
        self.post("/api/auth/refresh").json(&body).send().await
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    pub(crate) fn put(&self, path: &str) -> Call {
        self.call("PUT", path)
    }

    pub(crate) fn patch(&self, path: &str) -> Call {
        self.call("PATCH", path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call {
        self.call("DELETE", path)
    }

    /// A request with any method; the path is taken as it is.
    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let call = Call(self.http.request(method, format!("{}{path}", self.url)));
        match &self.token {
            Some(token) => call.header(AUTHORIZATION.as_str(), &format!("Bearer {token}")),
            None => call,
        }
    }
}

/// The tokens of a session.
pub(crate) struct Pass {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

impl Pass {
    pub(crate) fn of(answer: &Answer) -> Self {
        let session = answer.json();
        let token = |name: &str| session[name].as_str().unwrap().to_owned();
        Self {
            access_token: token("access_token"),
            refresh_token: token("refresh_token"),
        }
    }
}

/// A request in the making.
pub(crate) struct Call(RequestBuilder);

impl Call {
    /// Adds a header; one of the same name stays.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Adds name and value to the query, percent-encoded.
    pub(crate) fn query(self, name: &str, value: &str) -> Self {
        let (http, request) = self.0.build_split();
        let mut request = request.unwrap();
        request.url_mut().query_pairs_mut().append_pair(name, value);
        Self(RequestBuilder::from_parts(http, request))
    }

    pub(crate) fn basic(self, username: &str, password: &str) -> Self {
        Self(self.0.basic_auth(username, Some(password)))
    }

    pub(crate) fn body(self, content_type: &str, body: impl Into<Body>) -> Self {
        let call = self.header(CONTENT_TYPE.as_str(), content_type);
        Self(call.0.body(body))
    }

    /// A body of which nothing is said.
    pub(crate) fn untyped(self, body: impl Into<Body>) -> Self {
        Self(self.0.body(body))
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub(crate) async fn send(self) -> Answer {
        let response = self.stream().await;
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap(),
        }
    }

    /// The answer with its body still on the way.
    pub(crate) async fn stream(self) -> Response {
        self.try_stream().await.unwrap()
    }

    /// The same where the connection may break.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's client is no part of the product"
    )]
    pub(crate) async fn try_stream(self) -> reqwest::Result<Response> {
        self.0.send().await
    }
}
