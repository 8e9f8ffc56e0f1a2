//! The one door to the network: sends a request once every stage of the policy has agreed.
//!
//! Knows no provider and no protocol above HTTP. Redirects are handed back; `redirect` follows them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::progress::Progress;
use crate::resolver::VettedResolver;
use crate::{Deadlines, Error, Lookup, Policy, Refusal, Response, SystemLookup, tls};
use reqwest::header::{AUTHORIZATION, COOKIE};
use reqwest::redirect;
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

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
    pub max_bytes: Option<u64>,
}

/// Sends requests. Cheap to clone; all clones share one pool of connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Drives the connections. A request may come from a runtime that ends before the others that
    /// share its connection; theirs must not end with it.
    runtime: Handle,
    policy: Arc<Policy>,
    deadlines: Deadlines,
}

impl Client {
    /// A client under this policy. The runtime that this is called on drives its connections, and
    /// must outlive their use; requests may come from others.
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
        let resolver = VettedResolver {
            policy: Arc::clone(&policy),
            lookup,
            deadline: deadlines.resolve,
        };
        let tls = tls::client_config(extra_ca_pem.as_deref())?;
        let http = build_http(resolver, tls, deadlines).map_err(Error::ClientSetup)?;
        let runtime = Handle::try_current().map_err(Error::NoRuntime)?;
        Ok(Self {
            http,
            runtime,
            policy,
            deadlines,
        })
    }

    /// The rules this client keeps, to check a URL before it is stored.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sends the request and returns the head of the answer.
    ///
    /// The URL's host is judged here and again when its name is resolved; the deadline for the
    /// first byte counts from the last part of the request's body that was taken.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] before anything is sent to a host the policy does not allow; else what
    /// kept the head of an answer from coming.
    pub async fn execute(
        &self,
        request: reqwest::Request,
        limits: Limits,
    ) -> Result<Response, Error> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let refused = |refusal| Error::Refused {
            host: host.clone(),
            refusal,
        };

        // S-09: nobody else looks at an address literal.
        self.policy.check_url(request.url()).map_err(refused)?;
        let is_exposed = is_exposed(&request);

        let response = self.send(request, &host).await?;
        // S-08: a second net beneath the resolver.
        let peer = self.check_peer(response.remote_addr()).map_err(refused)?;
        if is_exposed && !self.policy.is_excepted(peer) {
            tracing::warn!(host, "credentials went to a public host over plain http");
        }
        Ok(Response::new(
            response,
            host,
            self.deadlines.stall,
            limits.max_bytes,
        ))
    }

    /// The underlying client, for crates that can only *build* requests with one.
    ///
    /// Hand what they build to [`Client::execute`]. Sending it from here would skip the URL stage,
    /// the limits and most deadlines; a lint forbids it (S-01).
    pub fn request_builder_client(&self) -> &reqwest::Client {
        &self.http
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "S-01: this is the one place that sends"
    )]
    async fn send(
        &self,
        mut request: reqwest::Request,
        host: &str,
    ) -> Result<reqwest::Response, Error> {
        let progress = Progress::of(&mut request);
        let http = self.http.clone();
        let answer = self
            .runtime
            .spawn(async move { http.execute(request).await });
        // A caller that goes away takes its request along.
        let answer = AbortOnDropHandle::new(answer);
        tokio::select! {
            answer = answer => match answer {
                Ok(answer) => answer.map_err(|source| Error::from_request(host.to_owned(), source)),
                Err(_) => Err(Error::Aborted { host: host.to_owned() }),
            },
            stage = progress.stuck_for(self.deadlines.first_byte) => {
                Err(Error::TimedOut { host: host.to_owned(), stage })
            }
        }
    }

    fn check_peer(&self, peer: Option<SocketAddr>) -> Result<IpAddr, Refusal> {
        let peer = peer.ok_or(Refusal::Address)?.ip();
        self.policy.check_address(peer)?;
        Ok(peer)
    }
}

/// Whether whoever listens on the way could read a credential (S-03).
fn is_exposed(request: &reqwest::Request) -> bool {
    let headers = request.headers();
    let has_credentials = headers.contains_key(AUTHORIZATION) || headers.contains_key(COOKIE);
    has_credentials && request.url().scheme() == "http"
}

/// Without proxies from the environment, redirects, cookies or a `Referer` (S-10, S-15).
#[expect(
    clippy::disallowed_methods,
    reason = "S-01: this is the one client there is"
)]
fn build_http(
    resolver: VettedResolver,
    tls: rustls::ClientConfig,
    deadlines: Deadlines,
) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .dns_resolver(resolver)
        // reqwest counts the look-up in; so it never hides the resolver's own verdict.
        .connect_timeout(deadlines.resolve + deadlines.connect)
        .tls_backend_preconfigured(tls)
        .build()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::Exceptions;

    // S-08
    #[tokio::test]
    async fn the_peer_is_judged_like_any_address() {
        let policy = Policy::new(Exceptions::default());
        let client = Client::new(policy, Options::default()).unwrap();
        let check = |peer: &str| client.check_peer(Some(peer.parse().unwrap()));
        assert_eq!(
            check("93.184.215.14:443"),
            Ok("93.184.215.14".parse().unwrap())
        );
        assert_eq!(check("127.0.0.1:443"), Err(Refusal::Address));
        assert_eq!(client.check_peer(None), Err(Refusal::Address));
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
            let mut request = reqwest::Request::new(reqwest::Method::GET, url.parse().unwrap());
            if let Some(name) = header {
                request
                    .headers_mut()
                    .insert(name, HeaderValue::from_static("secret"));
            }
            assert_eq!(is_exposed(&request), expected, "{url}");
        }
    }
}
