//! Requests to the operator's endpoints, and their answers as they came. Knows what no answer means
//! beyond "not now".

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::Request;
use reqwest::header::AUTHORIZATION;
use wharf_domain::ports::oauth::OAuthErrorKind;
use wharf_domain::time::Clock;
use wharf_egress::{Client, Limits, Response, retry_after};

use crate::Fault;
use crate::answer::Answer;

/// No answer of these endpoints is longer (O-09).
const LIMITS: Limits = Limits {
    max_bytes: Some(64 * 1024),
};

/// Asks the operator's endpoints.
#[derive(Clone)]
pub(crate) struct Exchange {
    egress: Client,
    clock: Arc<dyn Clock>,
}

impl Exchange {
    pub(crate) fn new(egress: Client, clock: Arc<dyn Clock>) -> Self {
        Self { egress, clock }
    }

    /// Sends a request. An overloaded server is a fault, whatever else it says: it has judged no grant.
    /// All other answers are the caller's to judge.
    pub(crate) async fn send(&self, mut request: Request) -> Result<Answer, Fault> {
        // G-01: whoever prints the headers prints no credential.
        if let Some(credential) = request.headers_mut().get_mut(AUTHORIZATION) {
            credential.set_sensitive(true);
        }
        let response = self.egress.execute(request, LIMITS).await?;
        self.check_available(&response)?;
        Answer::read(response).await
    }

    fn check_available(&self, response: &Response) -> Result<(), Fault> {
        let status = response.status().as_u16();
        if !matches!(status, 429 | 500..=599) {
            return Ok(());
        }
        let now = UNIX_EPOCH + Duration::from_millis(self.clock.now().as_unix_millis());
        let retry_after = retry_after(response.headers(), Some(now));
        let kind = OAuthErrorKind::Unavailable { retry_after };
        Err(Fault::of_status(kind, status))
    }

    async fn ask_for_token(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let request = Request::try_from(request).map_err(|_| OAuthErrorKind::NotConfigured)?;
        self.send(request).await?.into_token_answer()
    }
}

/// What `oauth2` sends goes through egress, and it sees nothing but answers that may hold tokens.
impl<'c> AsyncHttpClient<'c> for Exchange {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask_for_token(request))
    }
}
