//! Lets the object store's requests out through egress, and shows it of the answers what it may see: no
//! text of the server's, for its errors quote that.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt};
use http::header::{AUTHORIZATION, CONTENT_RANGE, HeaderName};
use http::{Method, StatusCode};
use http_body::{Body, Frame};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use wharf_egress::{Client, Error as EgressError, Limits, Response, Trust};

use super::refusal::{Refusal, Unanswered};

/// The longest answer that is no content: a page of a listing has a thousand keys.
const MAX_ANSWER_BYTES: u64 = 4 * 1024 * 1024;

/// The longest refusal that is looked into.
const MAX_REFUSAL_BYTES: u64 = 64 * 1024;

const SHA256: HeaderName = HeaderName::from_static("x-amz-checksum-sha256");

/// The way to one S3 server.
#[derive(Clone)]
pub(super) struct Door {
    egress: Client,
    has_opened: Arc<AtomicBool>,
}

/// Beside an answer in whose head the server confirmed the SHA-256 that it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Confirmed;

impl Door {
    /// A way for the address that the operator's settings name.
    pub(super) fn new(egress: &Client) -> Self {
        Self {
            egress: egress.trusting(Trust::Operator),
            has_opened: Arc::default(),
        }
    }

    /// Whether the server ever did what it was asked, so that bucket and credential are good.
    pub(super) fn has_opened(&self) -> bool {
        self.has_opened.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").finish_non_exhaustive()
    }
}

impl HttpConnector for Door {
    /// The options are for clients of the crate's own making.
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Door {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let sent = request.headers().get(SHA256).cloned();
        // All that is asked by a query is told in XML.
        let is_content = request.method() == Method::GET && request.uri().query().is_none();
        let limits = Limits {
            max_bytes: (!is_content).then_some(MAX_ANSWER_BYTES),
        };
        let request = outgoing(request)?;
        let answer = self.egress.execute(request, limits).await;
        let answer = answer.map_err(unanswered)?;

        let mut head = http::Response::new(());
        *head.status_mut() = answer.status();
        head.headers_mut().clone_from(answer.headers());
        if !answer.status().is_success() {
            check_refusal(answer).await?;
            return Ok(head.map(|()| Bytes::new().into()));
        }
        self.has_opened.store(true, Ordering::Relaxed);
        // rclone says 200 of a part that it names as one. Which part it is, the object store looks at.
        if is_content && answer.headers().contains_key(CONTENT_RANGE) {
            *head.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        match (sent, answer.headers().get(SHA256)) {
            (Some(sent), Some(told)) if sent != told => return Err(refused(Refusal::OtherBytes)),
            (Some(_), Some(_)) => {
                head.extensions_mut().insert(Confirmed);
            }
            _ => {}
        }
        let body = if is_content {
            HttpResponseBody::new(Content(Mutex::new(answer.bytes_stream().boxed())))
        } else {
            let whole = answer.collect_capped(MAX_ANSWER_BYTES).await;
            whole.map_err(unanswered)?.into()
        };
        Ok(head.map(|()| body))
    }
}

/// The request as egress takes it.
fn outgoing(request: HttpRequest) -> Result<reqwest::Request, HttpError> {
    let mut request = request.map(|body| match body.as_bytes() {
        Some(bytes) => reqwest::Body::from(bytes.clone()),
        None => reqwest::Body::wrap(body),
    });
    if let Some(authorization) = request.headers_mut().get_mut(AUTHORIZATION) {
        authorization.set_sensitive(true);
    }
    request.try_into().map_err(|error: reqwest::Error| {
        HttpError::new(HttpErrorKind::Unknown, error.without_url())
    })
}

/// Finds in a refusal what its status does not tell the object store.
async fn check_refusal(answer: Response) -> Result<(), HttpError> {
    let status = answer.status();
    // The object store tries these again, or knows what they mean.
    let is_understood = status.is_redirection()
        || matches!(
            status,
            StatusCode::UNAUTHORIZED
                | StatusCode::NOT_FOUND
                | StatusCode::CONFLICT
                | StatusCode::PRECONDITION_FAILED
        );
    if is_understood {
        return Ok(());
    }
    // A refusal that cannot be read is one all the same.
    let text = answer.collect_capped(MAX_REFUSAL_BYTES).await;
    match Refusal::told(status, &text.unwrap_or_default()) {
        Some(refusal) => Err(refused(refusal)),
        None => Ok(()),
    }
}

/// It would be refused again, so that nothing is tried again.
fn refused(refusal: Refusal) -> HttpError {
    HttpError::new(HttpErrorKind::Unknown, refusal)
}

/// A request that got no answer, or not all of it.
fn unanswered(error: EgressError) -> HttpError {
    let kind = match &error {
        EgressError::Connect { .. } | EgressError::Tls { .. } => HttpErrorKind::Connect,
        EgressError::TimedOut { .. } => HttpErrorKind::Timeout,
        EgressError::Protocol { .. } | EgressError::Interrupted { .. } => {
            HttpErrorKind::Interrupted
        }
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, Unanswered(Arc::new(error)))
}

/// A content on its way. Nobody ever locks it: whoever reads it has it alone, which a `Mutex` makes known
/// to the compiler.
struct Content(Mutex<BoxStream<'static, Result<Bytes, EgressError>>>);

impl Body for Content {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let parts = self.get_mut().0.get_mut();
        let parts = parts.unwrap_or_else(PoisonError::into_inner);
        let part = ready!(parts.poll_next_unpin(context));
        Poll::Ready(part.map(|part| part.map(Frame::data).map_err(unanswered)))
    }
}
