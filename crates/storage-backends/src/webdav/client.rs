//! Requests to one account's server: method, URL and credential. It knows what no answer means.

use bytes::Bytes;
use futures_util::Stream;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Error as EgressError, Limits, Response};

use super::base::{Base, relative};
use super::error::Fault;
use super::path::ItemPath;
use super::propfind::Responses;

pub(crate) const DEPTH: HeaderName = HeaderName::from_static("depth");

/// How far a PROPFIND looks. Never further: servers may take the whole tree for an answer.
#[derive(Clone, Copy)]
pub(crate) enum Depth {
    /// The item alone.
    Item,
    /// A folder and its direct children.
    Children,
}

impl Depth {
    /// The most bytes of an answer that are read.
    const fn max_bytes(self) -> u64 {
        match self {
            Self::Item => 1024 * 1024,
            Self::Children => 64 * 1024 * 1024,
        }
    }
}

/// Sends requests with one account's credential to its own server only.
pub(crate) struct Client {
    egress: wharf_egress::Client,
    base: Base,
    username: String,
    password: SecretString,
}

impl Client {
    /// A client for the account at `base`.
    pub(crate) fn new(
        egress: wharf_egress::Client,
        base: Base,
        username: String,
        password: SecretString,
    ) -> Self {
        Self {
            egress,
            base,
            username,
            password,
        }
    }

    /// The account's base URL.
    pub(crate) fn base(&self) -> &Base {
        &self.base
    }

    /// The name that the account is opened with.
    pub(crate) fn username(&self) -> &str {
        &self.username
    }

    /// Begins a request for an item. The URL is the base and the encoded path, whatever a server may
    /// have said about it, so the credential goes nowhere else (S-11, X-04).
    pub(crate) async fn request(
        &self,
        method: Method,
        path: &ItemPath,
        kind: ItemKind,
    ) -> Result<RequestBuilder, Fault> {
        let auth = reqwest_dav::Auth::Basic(
            self.username.clone(),
            self.password.expose_secret().to_owned(),
        );
        // The library's client keeps the password in the clear, so it lives for one request.
        let builder = reqwest_dav::ClientBuilder::new()
            .set_agent(self.egress.request_builder_client().clone())
            .set_host(self.base.as_url().as_str().to_owned())
            .set_auth(auth)
            .build();
        let builder = match builder {
            Ok(dav) => dav.start_request(method, &relative(path, kind)).await,
            Err(error) => Err(error),
        };
        // Neither fails for a base that is a URL; and the error could quote it.
        let builder = builder.map_err(|_| StorageErrorKind::WrongProtocol)?;
        // D-04: the bytes are the file's own, never compressed on the way.
        Ok(builder.header(ACCEPT_ENCODING, HeaderValue::from_static("identity")))
    }

    /// Sends a request whose answer may be of any length.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, Fault> {
        self.send_within(request, Limits::default()).await
    }

    /// Asks for properties. Everything but a multistatus is a fault.
    pub(crate) async fn propfind(
        &self,
        path: &ItemPath,
        kind: ItemKind,
        depth: Depth,
        asked: &'static str,
    ) -> Result<
        Responses<impl Stream<Item = Result<Bytes, EgressError>> + Send + Unpin + use<>>,
        Fault,
    > {
        let depth_value = match depth {
            Depth::Item => HeaderValue::from_static("0"),
            Depth::Children => HeaderValue::from_static("1"),
        };
        let request = self
            .request(method("PROPFIND"), path, kind)
            .await?
            .header(DEPTH, depth_value)
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/xml; charset=utf-8"),
            )
            .body(asked);
        let limits = Limits {
            max_bytes: Some(depth.max_bytes()),
        };
        let answer = self.send_within(request, limits).await?;
        if answer.status() == StatusCode::MULTI_STATUS {
            Ok(Responses::new(Box::pin(answer.bytes_stream())))
        } else {
            Err(Fault::of_status(&answer))
        }
    }

    async fn send_within(
        &self,
        request: RequestBuilder,
        limits: Limits,
    ) -> Result<Response, Fault> {
        let request = request
            .build()
            .map_err(|_| StorageErrorKind::WrongProtocol)?;
        Ok(self.egress.execute(request, limits).await?)
    }
}

/// A method of RFC 4918, section 9.
pub(crate) fn method(name: &'static str) -> Method {
    Method::from_bytes(name.as_bytes()).expect("the methods of RFC 4918 are tokens")
}
