//! An answer whose body can neither stall for ever nor outgrow its limit (D-06, R-08).

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream, TryStreamExt};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::time::timeout;
use url::Url;

use crate::{Error, Stage};

/// The head of an answer, and its body still to be read.
///
/// Redirects and errors are answers like any other: the status is the caller's to judge.
pub struct Response {
    inner: reqwest::Response,
    host: String,
    stall: Duration,
    max_bytes: Option<u64>,
}

impl Response {
    pub(crate) fn new(
        inner: reqwest::Response,
        host: String,
        stall: Duration,
        max_bytes: Option<u64>,
    ) -> Self {
        Self {
            inner,
            host,
            stall,
            max_bytes,
        }
    }

    /// The status, of any class.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// The headers, as the server sent them.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// The URL that gave this answer.
    pub fn url(&self) -> &Url {
        self.inner.url()
    }

    /// The length of the body, where the server declared it.
    pub fn content_length(&self) -> Option<u64> {
        self.inner.content_length()
    }

    /// The body as it arrives.
    ///
    /// Ends cleanly only when the server ended it: a body cut short is [`Error::Interrupted`], one
    /// that stops flowing [`Error::TimedOut`], one past the request's limit
    /// [`Error::BodyTooLarge`]. Nothing follows an error.
    pub fn bytes_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<> {
        let body = Body {
            response: self,
            read: 0,
        };
        stream::try_unfold(body, |mut body| async move {
            let part = body.next_part().await?;
            Ok(part.map(|part| (part, body)))
        })
    }

    /// The whole body, at most `max_bytes` of it and never more than the request's limit.
    ///
    /// For answers that are read whole, such as JSON or a small XML; files are streamed.
    pub async fn collect_capped(mut self, max_bytes: u64) -> Result<Bytes, Error> {
        let max_bytes = self
            .max_bytes
            .map_or(max_bytes, |limit| limit.min(max_bytes));
        self.max_bytes = Some(max_bytes);
        let parts = self.bytes_stream();
        let whole = parts.try_fold(BytesMut::new(), |mut whole, part| async move {
            whole.extend_from_slice(&part);
            Ok(whole)
        });
        Ok(whole.await?.freeze())
    }
}

/// Without the URL, whose query may carry a signature, and without headers.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("host", &self.host)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// A body on the way, with what has been read of it.
struct Body {
    response: Response,
    read: u64,
}

impl Body {
    async fn next_part(&mut self) -> Result<Option<Bytes>, Error> {
        // What was read and what is declared to follow: a body that cannot fit is not begun.
        self.check_length(
            self.read
                .saturating_add(self.response.content_length().unwrap_or(0)),
        )?;
        let part = timeout(self.response.stall, self.response.inner.chunk()).await;
        let part = part
            .map_err(|_| Error::TimedOut {
                host: self.host(),
                stage: Stage::Body,
            })?
            .map_err(|source| Error::from_body(self.host(), source))?;
        if let Some(part) = &part {
            self.read += part.len() as u64;
            self.check_length(self.read)?;
        }
        Ok(part)
    }

    fn check_length(&self, length: u64) -> Result<(), Error> {
        match self.response.max_bytes {
            Some(max_bytes) if length > max_bytes => Err(Error::BodyTooLarge {
                host: self.host(),
                max_bytes,
            }),
            _ => Ok(()),
        }
    }

    fn host(&self) -> String {
        self.response.host.clone()
    }
}
