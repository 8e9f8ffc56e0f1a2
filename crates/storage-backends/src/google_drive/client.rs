//! Requests to one account's Drive. Metadata goes through `google-drive3`, whatever it cannot send and all
//! contents through egress; either way connections are guarded, and the token goes to the operator's
//! addresses only (S-13). Beyond refusals it knows what no answer means.

use std::sync::Arc;

use google_drive3::common;
use google_drive3::hyper_util::client::legacy;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use url::Url;
use wharf_domain::ports::storage::{AddressRefusal, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_egress::{Issuer, Limits, Response, Trust, retry_after};

use crate::access::Access;
use crate::circuit::Circuit;
use crate::circuits::Circuits;
use crate::fault::Fault;
use crate::issued::Issued;
use crate::json;
use crate::turns::Turns;
use crate::undo::Background;

use super::hub::{Connections, Hub, Witness, hub};
use super::refusal::refusal;

/// The longest answer about a file, or refusal, that is read.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// For requests whose answer is read here and goes nowhere else.
pub(crate) const ANSWER: Limits = Limits {
    max_bytes: Some(MAX_ANSWER_BYTES),
};

/// What all accounts share.
#[derive(Clone)]
pub(crate) struct Shared {
    /// For addresses of the operator's.
    egress: wharf_egress::Client,
    connections: Connections,
    upload_url: Option<Url>,
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
        let egress = egress.trusting(Trust::Operator);
        Self {
            connections: egress.pooled(),
            egress,
            upload_url: None,
            circuits,
            turns,
            background,
        }
    }

    /// Contents go to beneath this address.
    pub(crate) fn uploading_to(self, upload_url: Url) -> Self {
        let upload_url = Some(upload_url);
        Self { upload_url, ..self }
    }
}

/// Sends requests with one account's token.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) shared: Shared,
    access: Access,
}

impl Client {
    /// A client for the account behind `token`, at the API beneath `endpoint`.
    pub(crate) fn new(
        shared: Shared,
        endpoint: &str,
        token: SecretString,
    ) -> Result<Arc<Self>, AddressRefusal> {
        let access = Access::new(Provider::GoogleDrive, endpoint, token, &shared.circuits)?;
        Ok(Arc::new(Self { shared, access }))
    }

    /// The same client for what clears something up, and is asked for in any case.
    pub(crate) fn insisting(&self) -> Self {
        Self {
            access: self.access.insisting(),
            ..self.clone()
        }
    }

    /// The way to the API.
    pub(crate) const fn circuit(&self) -> &Circuit {
        self.access.circuit()
    }

    /// The URL of a resource of the API.
    pub(crate) fn api_url(&self, path: &[&str]) -> Url {
        beneath(self.access.api().clone(), path)
    }

    /// The URL of a resource to which contents are sent. Where no other address is set, it lies beside the
    /// API as it does at Google.
    pub(crate) fn upload_url(&self, path: &[&str]) -> Url {
        let base = match &self.shared.upload_url {
            Some(base) => base.clone(),
            None => beneath(self.access.api().clone(), &["upload"]),
        };
        beneath(base, path)
    }

    /// An address that Google named, if it leads to one of these hosts of Google's or to the operator's own
    /// (S-16).
    pub(crate) fn issued(&self, address: &str, issuer: Issuer<'_>) -> Result<Issued, Fault> {
        let uploads = self.upload_url(&[]).origin();
        let is_own = |url: &Url| self.access.is_of_api(url) || url.origin() == uploads;
        Issued::check(address, issuer, is_own, self.egress(), self.circuit())
    }

    /// What reaches an address of the operator's.
    const fn egress(&self) -> &wharf_egress::Client {
        &self.shared.egress
    }

    /// A hub for one call, and what sees how that is refused.
    pub(crate) fn hub(&self) -> (Hub, Witness) {
        let base = self.api_url(&["drive", "v3", ""]);
        let hub = hub(&self.shared.connections, base.into(), self.access.token());
        (hub, Witness::default())
    }

    /// Makes a call with a hub, within the time that a request has: the hub sets none itself.
    pub(crate) async fn timed<T>(
        &self,
        call: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, Fault> {
        let deadlines = self.shared.egress.deadlines();
        let timed = async {
            let timed = timeout(deadlines.first_byte + deadlines.stall, call).await;
            timed.unwrap_or_else(|_| Err(StorageErrorKind::TimedOut.into()))
        };
        self.circuit().call(timed).await
    }

    /// What came of a hub's call.
    pub(crate) fn judged<T>(
        &self,
        witness: &Witness,
        answer: common::Result<(common::Response, T)>,
    ) -> Result<T, Fault> {
        let (_, told) = witness.judge(answer, |error| self.unanswered(error))?;
        Ok(told)
    }

    /// A request with the token.
    pub(crate) fn request(&self, method: Method, url: Url) -> Result<Request, Fault> {
        self.authorized(Request::new(method, url))
    }

    /// The request with the token.
    pub(crate) fn authorized(&self, request: Request) -> Result<Request, Fault> {
        self.access.authorized(request)
    }

    /// A request with the token and a body of JSON.
    pub(crate) fn json_request(
        &self,
        method: Method,
        url: Url,
        body: &impl Serialize,
    ) -> Result<Request, Fault> {
        let mut request = self.request(method, url)?;
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        request.headers_mut().insert(CONTENT_TYPE, json);
        // What is sent are names and ids: none of them can fail to be JSON.
        let body = serde_json::to_vec(body).map_err(|_| StorageErrorKind::NameNotAllowed)?;
        *request.body_mut() = Some(body.into());
        Ok(request)
    }

    /// Sends a request to the operator's addresses. The answer may have any status.
    pub(crate) async fn send(&self, request: Request, limits: Limits) -> Result<Response, Fault> {
        let circuit = self.circuit().to(request.url());
        circuit.answer(self.egress().execute(request, limits)).await
    }

    fn unanswered(&self, error: legacy::Error) -> Fault {
        let host = self.access.api().host_str().unwrap_or_default();
        self.shared.egress.explain_failure(host, error).into()
    }
}

/// The URL of a resource beneath another, each segment encoded (I-02).
fn beneath(mut base: Url, path: &[&str]) -> Url {
    // Only a URL without a host has no segments, and those are refused when a client is made.
    if let Ok(mut segments) = base.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    base
}

/// What an answer of JSON tells.
pub(crate) async fn told<T: DeserializeOwned>(answer: Response) -> Result<T, Fault> {
    json::told(answer, MAX_ANSWER_BYTES).await
}

/// What an answer outside 2xx means. One that cannot be read has its status all the same.
pub(crate) async fn refused(answer: Response) -> Fault {
    let status = answer.status().as_u16();
    let wait = retry_after(answer.headers(), None);
    let body = told(answer).await.ok();
    refusal(status, body.as_ref(), wait)
}
