//! The one door to the network: sends a request once every stage of the policy has agreed.
//!
//! Knows no provider and no protocol above HTTP. Redirects are handed back; `redirect` follows them.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::{Body, Incoming};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue,
    PROXY_AUTHORIZATION,
};
use reqwest::{Proxy, Request, redirect};
use rustls::ClientConfig;
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

use crate::connector::Door;
use crate::dial::SystemDial;
use crate::progress::Progress;
use crate::resolver::VettedResolver;
use crate::transport::{self, Pooled};
use crate::ways::{Way, Ways};
use crate::{
    CheckedUrl, Connector, Deadlines, Error, Lookup, Policy, Refusal, Response, SystemLookup,
    Trust, meters, tls,
};

/// How a client differs from the usual one.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long each stage may take.
    pub deadlines: Deadlines,
    /// Certificate authorities trusted beside the system's, as PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// Where names are resolved.
    pub lookup: Arc<dyn Lookup>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deadlines: Deadlines::default(),
            extra_ca_pem: None,
            lookup: Arc::new(SystemLookup),
        }
    }
}

/// What one request's answer may amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The longest body that is read; any length where absent, which suits files that are streamed.
    ///
    /// An answer without a limit is driven by the runtime that asks for it. It breaks off where that
    /// runtime ends, and should be read there: elsewhere each of its parts wakes two threads.
    pub max_bytes: Option<u64>,
}

/// Sends requests. Cheap to clone; all clones share their pools of connections.
#[derive(Clone, Debug)]
pub struct Client {
    trust: Trust,
    /// For addresses that users and servers name.
    outside: Ways,
    /// For addresses of the operator's settings. They pass fewer rules, so a connection that was made
    /// for one of them must never carry another's request: hence a pool of its own.
    operators: Ways,
    builder: reqwest::Client,
    policy: Arc<Policy>,
    deadlines: Deadlines,
}

impl Client {
    /// A client under this policy, for addresses that users typed. The runtime that this is called on
    /// drives its connections, and must outlive their use; requests may come from others, which drive
    /// the connections of their own long answers ([`Limits::max_bytes`]).
    ///
    /// # Errors
    ///
    /// When the extra certificate authorities cannot be used, TLS cannot be set up, or there is no
    /// runtime.
    pub fn new(policy: Policy, options: Options) -> Result<Self, Error> {
        let Options {
            deadlines,
            extra_ca_pem,
            lookup,
        } = options;
        let policy = Arc::new(policy);
        let runtime = Handle::try_current().map_err(Error::NoRuntime)?;
        let tls = Arc::new(tls::client_config(extra_ca_pem.as_deref())?);
        let ways = |trust| {
            let connector = Connector::new(Door {
                resolver: VettedResolver {
                    policy: Arc::clone(&policy),
                    trust,
                    lookup: Arc::clone(&lookup),
                    deadline: deadlines.resolve,
                },
                dial: Arc::new(SystemDial),
                tls: Arc::clone(&tls),
                deadlines,
                runtime: runtime.clone(),
            });
            Ways::over(connector)
        };
        Ok(Self {
            trust: Trust::Typed,
            outside: ways(Trust::Typed),
            operators: ways(Trust::Operator),
            builder: request_builder(&tls).map_err(Error::ClientSetup)?,
            policy,
            deadlines,
        })
    }

    /// The same client for addresses that `trust` named.
    ///
    /// ```
    /// # use wharf_egress::{Client, Trust};
    /// # fn token_endpoint(egress: &Client) -> Client {
    /// egress.trusting(Trust::Operator)
    /// # }
    /// ```
    #[must_use]
    pub fn trusting(&self, trust: Trust) -> Self {
        Self {
            trust,
            ..self.clone()
        }
    }

    /// Who named the addresses that this client takes.
    pub const fn trust(&self) -> Trust {
        self.trust
    }

    /// The guard beneath this client, for crates that bring a `hyper_util` client of their own.
    ///
    /// Such a client has the rules and the deadlines up to TLS. The others it has not: they are
    /// [`Client::execute`]'s.
    pub fn connector(&self) -> Connector {
        self.ways().lasting().connector.clone()
    }

    /// A `hyper_util` client behind that guard, for crates that send what they build themselves. It has
    /// a pool of its own, driven as this client's is: make one, and clone it.
    ///
    /// Whoever uses it owes the deadlines after TLS ([`Client::deadlines`]), and asks
    /// [`Client::explain_failure`] what a failure was.
    pub fn pooled<B>(&self) -> Pooled<B>
    where
        B: Body + Send,
        B::Data: Send,
    {
        let Way {
            connector, runtime, ..
        } = self.ways().lasting();
        transport::over(connector.clone(), runtime.clone())
    }

    /// How long each stage may take.
    pub const fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// What kept a client of [`Client::pooled`] from an answer of this host, and counts what a rule
    /// refused.
    pub fn explain_failure(&self, host: &str, source: legacy::Error) -> Error {
        let error = Error::from_request(host, self.trust, source);
        meters::failed(&error);
        error
    }

    /// The rules this client keeps, to check a URL before it is stored.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sends the request and returns the head of the answer.
    ///
    /// The URL's host is judged here and again when a connection to it is made; the deadline for the
    /// first byte counts from the last part of the request's body that was taken.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] before anything is sent to a host the policy does not allow; else what
    /// kept the head of an answer from coming.
    pub async fn execute(&self, request: Request, limits: Limits) -> Result<Response, Error> {
        let answer = self.judge_and_send(request, limits).await;
        answer.inspect_err(meters::failed)
    }

    async fn judge_and_send(&self, request: Request, limits: Limits) -> Result<Response, Error> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        // S-09: an address literal is judged for each request, not for each connection alone.
        let judged = self.policy.check_url(self.trust, request.url());
        judged.map_err(|refusal| Error::refused(&host, self.trust, refusal))?;
        let url = request.url().clone();
        let is_exposed = is_exposed(&request);

        let answer = self.send(request, &host, limits).await?;
        let is_known = peer(&answer).is_some_and(|peer| self.policy.is_excepted(peer));
        if is_exposed && self.trust != Trust::Operator && !is_known {
            tracing::warn!(host, "credentials went to a public host over plain http");
        }
        Ok(Response::new(answer, url, host, self.deadlines, limits))
    }

    /// A client for crates that can only *build* requests with one.
    ///
    /// Hand what they build to [`Client::execute`]. It cannot send anything itself: whatever it is given
    /// ends at a proxy that nobody can run (S-01).
    pub fn request_builder_client(&self) -> &reqwest::Client {
        &self.builder
    }

    /// Judges what a user typed, as [`Policy::check_typed`] does, and counts what is refused.
    ///
    /// # Errors
    ///
    /// The rule that refuses it.
    pub fn check_typed(&self, text: &str) -> Result<CheckedUrl, Refusal> {
        let checked = self.policy.check_typed(text);
        checked.inspect_err(|refusal| meters::blocked(Trust::Typed, refusal.rule()))
    }

    fn ways(&self) -> &Ways {
        match self.trust {
            Trust::Typed | Trust::Issued => &self.outside,
            Trust::Operator => &self.operators,
        }
    }

    async fn send(
        &self,
        mut request: Request,
        host: &str,
        limits: Limits,
    ) -> Result<http::Response<Incoming>, Error> {
        let progress = Progress::of(&mut request);
        let request = outgoing(request).map_err(|source| Error::unsendable(host, source))?;
        let Way {
            transport, runtime, ..
        } = match limits.max_bytes {
            Some(_) => self.ways().lasting().clone(),
            None => self.ways().here(),
        };
        let answer = runtime.spawn(async move { transport.request(request).await });
        // A caller that goes away takes its request along.
        let answer = AbortOnDropHandle::new(answer);
        tokio::select! {
            answer = answer => match answer {
                Ok(answer) => answer.map_err(|source| Error::from_request(host, self.trust, source)),
                Err(_) => Err(Error::Aborted { host: host.to_owned() }),
            },
            stage = progress.stuck_for(self.deadlines.first_byte) => {
                Err(Error::TimedOut { host: host.to_owned(), stage })
            }
        }
    }
}

/// The request as it goes out. Nothing is added that tells of other requests, and no coding is asked
/// for, so that what comes is what is stored (D-04, S-15).
fn outgoing(request: Request) -> reqwest::Result<http::Request<reqwest::Body>> {
    let mut request = http::Request::try_from(request)?;
    let headers = request.headers_mut();
    headers
        .entry(ACCEPT)
        .or_insert(HeaderValue::from_static("*/*"));
    headers
        .entry(ACCEPT_ENCODING)
        .or_insert(HeaderValue::from_static("identity"));
    mark_credentials(headers);
    Ok(request)
}

/// G-01: whoever prints the headers on their way prints no credential, whoever put it there.
fn mark_credentials(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if CREDENTIALS.contains(name) || name.as_str().starts_with("x-amz-security") {
            value.set_sensitive(true);
        }
    }
}

/// The headers that carry credentials.
const CREDENTIALS: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];

fn peer(answer: &http::Response<Incoming>) -> Option<IpAddr> {
    let connection = answer.extensions().get::<HttpInfo>()?;
    Some(connection.remote_addr().ip())
}

/// Whether whoever listens on the way could read a credential (S-03).
fn is_exposed(request: &Request) -> bool {
    let headers = request.headers();
    let has_credentials = headers.contains_key(AUTHORIZATION) || headers.contains_key(COOKIE);
    has_credentials && request.url().scheme() == "http"
}

/// Port 0 takes no connection, so what is sent by mistake goes nowhere.
#[expect(
    clippy::disallowed_methods,
    reason = "S-01: this one builds requests and reaches nobody"
)]
fn request_builder(tls: &Arc<ClientConfig>) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .proxy(Proxy::all("http://127.0.0.1:0")?)
        .redirect(redirect::Policy::none())
        .referer(false)
        .tls_backend_preconfigured(ClientConfig::clone(tls))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    // G-01: at the one door, so that no caller can forget it.
    #[test]
    fn credentials_are_marked_on_their_way_out() {
        let mut request = Request::new(reqwest::Method::GET, "https://a.org/".parse().unwrap());
        let names = [
            "authorization",
            "cookie",
            "proxy-authorization",
            "x-amz-security-token",
        ];
        for name in names {
            request
                .headers_mut()
                .append(name, HeaderValue::from_static("a secret"));
        }
        request
            .headers_mut()
            .append("authorization", HeaderValue::from_static("a secret"));

        let sent = outgoing(request).unwrap();

        for name in names {
            assert!(
                sent.headers()
                    .get_all(name)
                    .iter()
                    .all(HeaderValue::is_sensitive)
            );
        }
        assert!(!sent.headers()[ACCEPT].is_sensitive());
        assert!(!format!("{:?}", sent.headers()).contains("a secret"));
    }

    // S-03
    #[test]
    fn credentials_are_exposed_over_plain_http_only() {
        for (url, header, expected) in [
            ("http://a.org/", Some(AUTHORIZATION), true),
            ("http://a.org/", Some(COOKIE), true),
            ("http://a.org/", None, false),
            ("https://a.org/", Some(AUTHORIZATION), false),
        ] {
            let mut request = Request::new(reqwest::Method::GET, url.parse().unwrap());
            if let Some(name) = header {
                request
                    .headers_mut()
                    .insert(name, HeaderValue::from_static("secret"));
            }
            assert_eq!(is_exposed(&request), expected, "{url}");
        }
    }
}
