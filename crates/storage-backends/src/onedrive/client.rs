//! Requests to one account's OneDrive, all through egress. The token goes to the operator's Graph only; what
//! that lends goes without (S-11). Beyond refusals it knows what no answer means.

use std::sync::Arc;

use graph_http::api_impl::RequestHandler;
use reqwest::Request;
use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use url::Url;
use wharf_domain::ports::storage::{AddressRefusal, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_egress::{Limits, Response, Trust, retry_after};

use crate::access::Access;
use crate::circuit::Circuit;
use crate::circuits::Circuits;
use crate::fault::Fault;
use crate::issued::Issued;
use crate::json;
use crate::turns::Turns;
use crate::undo::Background;

use super::graph::{Graph, Graphs, described};
use super::lent::HOSTS;
use super::refusal::{Refused, refusal};

/// The longest answer that is read: a page of a thousand items, each with the longest of names.
const MAX_ANSWER_BYTES: u64 = 8 * 1024 * 1024;

/// Who asks, in the form in which Microsoft lets traffic through that it would else throttle first.
/// <https://learn.microsoft.com/sharepoint/dev/general-development/how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online>
const AGENT: &str = concat!("ISV|Wharf|Wharf/", env!("CARGO_PKG_VERSION"));

/// What all accounts share.
#[derive(Clone)]
pub(crate) struct Shared {
    /// For addresses of the operator's.
    egress: wharf_egress::Client,
    graphs: Graphs,
    circuits: Circuits,
    pub(crate) turns: Turns,
    pub(crate) background: Background,
}

impl Shared {
    pub(crate) fn new(
        egress: &wharf_egress::Client,
        circuits: Circuits,
        turns: Turns,
        background: Background,
    ) -> Self {
        Self {
            egress: egress.trusting(Trust::Operator),
            graphs: Graphs::default(),
            circuits,
            turns,
            background,
        }
    }
}

/// Sends requests with one account's token.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) shared: Shared,
    pub(crate) graph: Graph,
    access: Access,
}

impl Client {
    /// A client for the account behind `token`, at the API beneath `endpoint`.
    pub(crate) fn new(
        shared: Shared,
        endpoint: &str,
        token: SecretString,
    ) -> Result<Arc<Self>, AddressRefusal> {
        let access = Access::new(Provider::Onedrive, endpoint, token, &shared.circuits)?;
        Ok(Arc::new(Self {
            graph: shared.graphs.at(access.api()),
            shared,
            access,
        }))
    }

    /// The same client for what clears something up, and is asked for in any case.
    pub(crate) fn insisting(&self) -> Self {
        Self {
            access: self.access.insisting(),
            ..self.clone()
        }
    }

    /// The way to Graph.
    pub(crate) const fn circuit(&self) -> &Circuit {
        self.access.circuit()
    }

    /// What Graph tells when it is asked this, which does no more when it is asked twice.
    pub(crate) async fn asked<T: DeserializeOwned>(
        &self,
        describe: impl Fn() -> RequestHandler + Send + Sync,
    ) -> Result<T, Fault> {
        let ask = || async { self.told(described(describe()).await?).await };
        self.circuit().idempotent(ask).await
    }

    /// What Graph tells when it is sent this.
    pub(crate) async fn told<T: DeserializeOwned>(&self, request: Request) -> Result<T, Fault> {
        let told = async { told(self.taken(request).await?).await };
        self.circuit().call(told).await
    }

    /// The answer to what is sent to Graph, unless it is a refusal.
    pub(crate) async fn accepted(&self, request: Request) -> Result<Response, Fault> {
        self.circuit().call(self.taken(request)).await
    }

    async fn taken(&self, request: Request) -> Result<Response, Fault> {
        let mut request = self.access.authorized(request)?;
        prepare(&mut request, CONTROL);
        let answer = self.shared.egress.execute(request, CONTROL).await?;
        if answer.status().is_success() {
            Ok(answer)
        } else {
            Err(refused(answer).await)
        }
    }

    /// The address, if it leads to Graph itself: then it may have the token (S-11, S-16).
    pub(crate) fn own(&self, address: &str) -> Result<Url, Fault> {
        let url = address.parse::<Url>().ok();
        let url = url.filter(|url| self.access.is_of_api(url));
        url.ok_or_else(|| StorageErrorKind::AddressRefused(ELSEWHERE).into())
    }

    /// The address that was lent, if it leads to where it may (S-16).
    pub(crate) fn lent(&self, address: &str) -> Result<Issued, Fault> {
        let is_own = |url: &Url| self.access.is_of_api(url);
        let egress = &self.shared.egress;
        Issued::check(address, HOSTS, is_own, egress, self.circuit())
    }
}

/// The answer to what is sent to an address that was lent, of any status. Only contents may be of any length.
pub(crate) async fn send(
    lent: &Issued,
    mut request: Request,
    limits: Limits,
) -> Result<Response, Fault> {
    prepare(&mut request, limits);
    lent.answer(request, limits).await
}

/// For answers that are read whole.
pub(crate) const CONTROL: Limits = Limits {
    max_bytes: Some(MAX_ANSWER_BYTES),
};

/// The next page was to be had from somebody else.
const ELSEWHERE: AddressRefusal = AddressRefusal {
    rule: "issuer",
    told: None,
    found: true,
};

fn prepare(request: &mut Request, limits: Limits) {
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if limits == CONTROL {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    }
}

/// What an answer of JSON tells.
pub(crate) async fn told<T: DeserializeOwned>(answer: Response) -> Result<T, Fault> {
    json::told(answer, MAX_ANSWER_BYTES).await
}

/// What an answer outside 2xx means. One that cannot be read has its status all the same.
pub(crate) async fn refused(answer: Response) -> Fault {
    let status = answer.status().as_u16();
    let wait = retry_after(answer.headers(), None);
    let body: Option<Refused> = told(answer).await.ok();
    refusal(status, body.as_ref().map(Refused::code), wait)
}

/// The same from an address that was lent: no token went there, so that none can have been refused. What is
/// refused there is the address, and another may be had.
pub(crate) async fn lent_refused(answer: Response) -> Fault {
    let fault = refused(answer).await;
    match fault.kind {
        StorageErrorKind::TokenExpired => StorageErrorKind::Unavailable.into(),
        _ => fault,
    }
}
