//! Requests to one account's OneDrive, all through egress. The token goes to the operator's Graph only; what
//! that lends goes without (S-11). Beyond refusals it knows what no answer means.

use std::sync::Arc;

use graph_http::api_impl::RequestHandler;
use reqwest::Request;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, USER_AGENT};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use url::Url;
use wharf_domain::ports::storage::{AddressRefusal, StorageErrorKind};
use wharf_egress::{Error as EgressError, Limits, Response, Trust, retry_after};

use crate::address::NOT_TYPED;
use crate::bearer::bearer;
use crate::fault::Fault;
use crate::retry::Retry;
use crate::turns::Turns;
use crate::undo::Background;

use super::graph::{Graph, Graphs, described};
use super::lent::Lent;
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
    pub(crate) retry: Retry,
    pub(crate) turns: Turns,
    pub(crate) background: Background,
}

impl Shared {
    pub(crate) fn new(
        egress: &wharf_egress::Client,
        retry: Retry,
        turns: Turns,
        background: Background,
    ) -> Self {
        Self {
            egress: egress.trusting(Trust::Operator),
            graphs: Graphs::default(),
            retry,
            turns,
            background,
        }
    }
}

/// Sends requests with one account's token.
pub(crate) struct Client {
    pub(crate) shared: Shared,
    pub(crate) graph: Graph,
    token: SecretString,
    api: Url,
}

impl Client {
    /// A client for the account behind `token`, at the API beneath `endpoint`.
    pub(crate) fn new(
        shared: Shared,
        endpoint: &str,
        token: SecretString,
    ) -> Result<Arc<Self>, AddressRefusal> {
        let api: Url = endpoint.parse().map_err(|_| NOT_TYPED)?;
        if api.cannot_be_a_base() {
            return Err(NOT_TYPED);
        }
        Ok(Arc::new(Self {
            graph: shared.graphs.at(&api),
            shared,
            token,
            api,
        }))
    }

    /// What Graph tells when it is asked this, which does no more when it is asked twice.
    pub(crate) async fn asked<T: DeserializeOwned>(
        &self,
        describe: impl Fn() -> RequestHandler + Send + Sync,
    ) -> Result<T, Fault> {
        let ask = || async { self.told(described(describe()).await?).await };
        self.shared.retry.idempotent(ask).await
    }

    /// What Graph tells when it is sent this.
    pub(crate) async fn told<T: DeserializeOwned>(&self, request: Request) -> Result<T, Fault> {
        told(self.accepted(request).await?).await
    }

    /// The answer to what is sent to Graph, unless it is a refusal.
    pub(crate) async fn accepted(&self, mut request: Request) -> Result<Response, Fault> {
        let bearer = bearer(&self.token).ok_or(StorageErrorKind::TokenExpired)?;
        request.headers_mut().insert(AUTHORIZATION, bearer);
        let answer = send(&self.shared.egress, request, CONTROL).await?;
        if answer.status().is_success() {
            Ok(answer)
        } else {
            Err(refused(answer).await)
        }
    }

    /// The address, if it leads to Graph itself: then it may have the token (S-11, S-16).
    pub(crate) fn own(&self, address: &str) -> Result<Url, Fault> {
        let url = address.parse::<Url>().ok();
        let url = url.filter(|url| url.origin() == self.api.origin());
        url.ok_or_else(|| StorageErrorKind::AddressRefused(ELSEWHERE).into())
    }

    /// The address that was lent, if it leads to where it may (S-16).
    pub(crate) fn lent(&self, address: &str) -> Result<Lent, Fault> {
        Lent::check(address, &self.api, &self.shared.egress)
    }
}

impl Lent {
    /// The answer to what is sent there, of any status. Only contents may be of any length.
    pub(crate) async fn send(&self, request: Request, limits: Limits) -> Result<Response, Fault> {
        send(self.egress(), request, limits).await
    }
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

async fn send(
    egress: &wharf_egress::Client,
    mut request: Request,
    limits: Limits,
) -> Result<Response, Fault> {
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if limits == CONTROL {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    }
    Ok(egress.execute(request, limits).await?)
}

/// What an answer of JSON tells.
pub(crate) async fn told<T: DeserializeOwned>(answer: Response) -> Result<T, Fault> {
    let body = answer.collect_capped(MAX_ANSWER_BYTES).await;
    let body = body.map_err(|error| match error {
        EgressError::BodyTooLarge { .. } | EgressError::Coded { .. } => {
            Fault::from(StorageErrorKind::Unavailable).caused_by(error)
        }
        error => error.into(),
    })?;
    serde_json::from_slice(&body).map_err(|_| StorageErrorKind::Unavailable.into())
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
