//! Requests to one account's server: method, URL and credential. Beyond refusals of the credential it
//! knows what no answer means.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, RequestBuilder, StatusCode};
use secrecy::ExposeSecret as _;
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::random::Random;
use wharf_egress::{Error as EgressError, Limits, Response};

use crate::circuit::Circuit;
use crate::fault::Fault;
use crate::undo::Background;

use super::Shared;
use super::acquaintance::{AccountName, Acquaintance, Acquaintances};
use super::base::{Base, relative};
use super::dialect::Dialect;
use super::error;
use super::href::Hrefs;
use super::path::ItemPath;
use super::propfind::{ITEM, Responses};
use super::scheme::{Login, Scheme};

pub(crate) const DEPTH: HeaderName = HeaderName::from_static("depth");
pub(crate) const DESTINATION: HeaderName = HeaderName::from_static("destination");
pub(crate) const IF: HeaderName = HeaderName::from_static("if");

/// How far a PROPFIND looks. Never further: servers may take the whole tree for an answer.
#[derive(Clone, Copy)]
pub(crate) enum Depth {
    /// The item alone.
    Item,
    /// A folder and its direct children.
    Children,
}

impl Depth {
    const fn value(self) -> HeaderValue {
        match self {
            Self::Item => HeaderValue::from_static("0"),
            Self::Children => HeaderValue::from_static("1"),
        }
    }

    /// The most bytes of an answer that are read.
    const fn limits(self) -> Limits {
        let max_bytes = match self {
            Self::Item => 1024 * 1024,
            Self::Children => 64 * 1024 * 1024,
        };
        Limits {
            max_bytes: Some(max_bytes),
        }
    }
}

/// Sends requests with one account's credential to its own server only.
#[derive(Clone)]
pub(crate) struct Client {
    egress: wharf_egress::Client,
    /// The way to the server.
    circuit: Circuit,
    base: Base,
    login: Arc<Login>,
    dialect: Dialect,
    random: Arc<dyn Random>,
    acquaintances: Acquaintances,
    background: Background,
}

impl Client {
    /// A client for the account at `base`.
    pub(crate) fn new(shared: &Shared, base: Base, login: Arc<Login>, dialect: Dialect) -> Self {
        let Shared {
            egress,
            random,
            turns: _,
            circuits,
            acquaintances,
            background,
        } = shared.clone();
        let credential = (&login.username, login.password.expose_secret());
        Self {
            egress,
            circuit: circuits.to(dialect.provider, base.as_url(), credential),
            base,
            login,
            dialect,
            random,
            acquaintances,
            background,
        }
    }

    /// Takes it for known that the server is where it was said to be and wants Basic, so that it is not
    /// asked without a credential first.
    pub(crate) fn acquainted(self) -> Self {
        let name = self.name();
        if self.acquaintances.of(&name).is_none() {
            let known = Acquaintance::unknown(&self.base);
            self.acquaintances.remember(&name, known);
        }
        self
    }

    /// The same client for what clears something up, and is asked for in any case.
    pub(crate) fn insisting(&self) -> Self {
        Self {
            circuit: self.circuit.insisting(),
            ..self.clone()
        }
    }

    /// The way to the server.
    pub(crate) const fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// In what the server goes beyond plain WebDAV.
    pub(crate) const fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// The account's base URL, as it was typed. Where the server has moved it, requests are led there.
    pub(crate) fn base(&self) -> &Base {
        &self.base
    }

    /// Where that is undone which was cancelled.
    pub(crate) fn background(&self) -> &Background {
        &self.background
    }

    /// The name that the account is opened with.
    pub(crate) fn username(&self) -> &str {
        &self.login.username
    }

    /// Begins a request for an item. The URL is the base and the encoded path, whatever an href may have
    /// said about it. A redirect may lead elsewhere, but never to another origin (S-11).
    pub(crate) async fn request(
        &self,
        method: Method,
        path: &ItemPath,
        kind: ItemKind,
    ) -> Result<RequestBuilder, Fault> {
        // The credential is added when the request is sent: it depends on the server and on the path.
        let builder = reqwest_dav::ClientBuilder::new()
            .set_agent(self.egress.request_builder_client().clone())
            .set_host(self.base.as_url().as_str().to_owned())
            .set_auth(reqwest_dav::Auth::Anonymous)
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
        (
            Responses<impl Stream<Item = Result<Bytes, EgressError>> + Send + Unpin + use<>>,
            Hrefs,
        ),
        Fault,
    > {
        let request = self.request(method("PROPFIND"), path, kind).await?;
        let request = asking(request, depth, asked);
        let answer = self.send_within(request, depth.limits()).await?;
        if answer.status() == StatusCode::MULTI_STATUS {
            let hrefs = Hrefs::at(answer.url());
            Ok((Responses::new(Box::pin(answer.bytes_stream())), hrefs))
        } else {
            Err(error::of_answer(&answer))
        }
    }

    async fn send_within(
        &self,
        request: RequestBuilder,
        limits: Limits,
    ) -> Result<Response, Fault> {
        let request = built(request)?;
        match request.try_clone() {
            Some(again) => self.send_repeatable(request, again, limits).await,
            None => self.send_once(request, limits).await,
        }
    }

    /// Sends a request. Where the server answers with a challenge that is new to us, the request goes
    /// out again with the answer to it; a second refusal is one (D-03).
    async fn send_repeatable(
        &self,
        request: Request,
        again: Request,
        limits: Limits,
    ) -> Result<Response, Fault> {
        let server = self.server().await?;
        let answer = self.ask(&server, request, limits).await?;
        let Some(renewed) = server.renewed_by(&answer) else {
            return Ok(answer);
        };
        let server = self.acquaintances.remember(&self.name(), renewed);
        let answer = self.ask(&server, again, limits).await?;
        judged(&server, answer)
    }

    /// Sends a request whose body streams, so that it can be sent only once.
    async fn send_once(&self, request: Request, limits: Limits) -> Result<Response, Fault> {
        let known = self.server().await?;
        let server = match known.scheme {
            Scheme::Basic => known,
            // A nonce may be used up at any time, so this request gets one that nobody else uses.
            Scheme::Digest(_) => Arc::new(self.introduced().await?),
        };
        let answer = self.ask(&server, request, limits).await?;
        judged(&server, answer)
    }

    /// Sends a request to where the account is, with the credential in the server's way.
    async fn ask(
        &self,
        server: &Acquaintance,
        mut request: Request,
        limits: Limits,
    ) -> Result<Response, Fault> {
        server.lead(&mut request, &self.base);
        let asked = request.url().clone();
        let authorize = |hop: &mut Request| {
            let authorization = server.scheme.authorization(&self.login, hop, &*self.random);
            if let Some(authorization) = authorization {
                hop.headers_mut().insert(AUTHORIZATION, authorization);
            }
        };
        let sending = self.egress.execute_following(request, limits, authorize);
        let answer = self.circuit.answer_waiting(sending, error::wait).await?;
        // The server may have other ways by now, so the next request begins anew.
        if answer.status() == StatusCode::UNAUTHORIZED || answer.status().is_redirection() {
            self.acquaintances.forget(&self.name());
        }
        if server.is_about(&asked, answer.url()) {
            Ok(answer)
        } else {
            Err(StorageErrorKind::WrongProtocol.into())
        }
    }

    /// What is known of the server.
    async fn server(&self) -> Result<Arc<Acquaintance>, Fault> {
        let name = self.name();
        match self.acquaintances.of(&name) {
            Some(known) => Ok(known),
            None => Ok(self.acquaintances.remember(&name, self.introduced().await?)),
        }
    }

    /// Asks about the account's top folder without the credential, so that no password goes out as Basic
    /// where Digest would do, and no body in vain.
    async fn introduced(&self) -> Result<Acquaintance, Fault> {
        let top = ItemPath::root();
        let request = self.request(method("PROPFIND"), &top, ItemKind::Folder);
        let request = built(asking(request.await?, Depth::Item, ITEM))?;
        let limits = Depth::Item.limits();
        let sending = self.egress.execute_following(request, limits, |_| {});
        match self.circuit.answer_waiting(sending, error::wait).await {
            Ok(answer) => Acquaintance::from_answer(&answer, &self.base),
            // Whoever sends strangers away, to a login page for one, may know us by our credential.
            Err(fault) if error::is_redirect(&fault) => Ok(Acquaintance::unknown(&self.base)),
            Err(fault) => Err(fault),
        }
    }

    fn name(&self) -> AccountName {
        AccountName {
            address: self.base.as_url().as_str().to_owned(),
            username: self.login.username.clone(),
        }
    }
}

/// The answer, unless it is a refusal that says nothing about the credential, and the request cannot go
/// out once more: such a refusal marks no connection (D-03).
fn judged(server: &Acquaintance, answer: Response) -> Result<Response, Fault> {
    match server.renewed_by(&answer) {
        Some(_) => Err(StorageErrorKind::Interrupted.into()),
        None => Ok(answer),
    }
}

fn asking(request: RequestBuilder, depth: Depth, asked: &'static str) -> RequestBuilder {
    request
        .header(DEPTH, depth.value())
        .header(
            CONTENT_TYPE,
            HeaderValue::from_static("application/xml; charset=utf-8"),
        )
        .body(asked)
}

fn built(request: RequestBuilder) -> Result<Request, Fault> {
    request
        .build()
        .map_err(|_| StorageErrorKind::WrongProtocol.into())
}

/// A method of RFC 4918, section 9.
pub(crate) fn method(name: &'static str) -> Method {
    Method::from_bytes(name.as_bytes()).expect("the methods of RFC 4918 are tokens")
}
