//! An answer whose body can neither stall nor trickle for ever, nor outgrow its limit (D-06, R-08).

use std::fmt;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream, TryStreamExt};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, HeaderMap, TRANSFER_ENCODING};
use tokio::time::{Instant, timeout};
use url::Url;

use crate::pace::Watch;
use crate::{Deadlines, Error, Limits, Stage};

/// The head of an answer, and its body still to be read.
///
/// Redirects and errors are answers like any other: the status is the caller's to judge.
pub struct Response {
    inner: http::Response<Incoming>,
    url: Url,
    host: String,
    deadlines: Deadlines,
    limits: Limits,
}

impl Response {
    pub(crate) fn new(
        inner: http::Response<Incoming>,
        url: Url,
        host: String,
        deadlines: Deadlines,
        limits: Limits,
    ) -> Self {
        Self {
            inner,
            url,
            host,
            deadlines,
            limits,
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
        &self.url
    }

    /// The length of the body, where the server declared it.
    pub fn content_length(&self) -> Option<u64> {
        self.inner.body().size_hint().exact()
    }

    /// The body as it arrives.
    ///
    /// Ends cleanly only when the server ended it: a body cut short is [`Error::Interrupted`], one
    /// that stops flowing or trickles [`Error::TimedOut`], one past the request's limit
    /// [`Error::BodyTooLarge`]. Nothing follows an error.
    ///
    /// What has no limit is content, which passes as it is, coded or not. What has one is for us to
    /// read, and no coding was asked for: so a coded one is [`Error::Coded`] and no byte of it (D-04).
    pub fn bytes_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<> {
        let body = Body {
            pace: Watch::over(self.deadlines.slowest),
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
        let limit = self.limits.max_bytes.unwrap_or(max_bytes);
        self.limits.max_bytes = Some(limit.min(max_bytes));
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
    pace: Watch,
}

impl Body {
    async fn next_part(&mut self) -> Result<Option<Bytes>, Error> {
        self.check_coding()?;
        // What was read and what is declared to follow: a body that cannot fit is not begun.
        let declared = self.response.content_length().unwrap_or(0);
        self.check_length(self.read.saturating_add(declared))?;
        let part = self.awaited_part().await?;
        if let Some(part) = &part {
            self.read += part.len() as u64;
            self.check_length(self.read)?;
        }
        Ok(part)
    }

    /// The next part that is not empty. Only the time spent here is the server's: a reader may take as
    /// long as it likes between two parts.
    async fn awaited_part(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let asked = Instant::now();
            let frame = self.response.inner.body_mut().frame();
            let frame = timeout(self.response.deadlines.stall, frame).await;
            let frame = frame.map_err(|_| self.timed_out(Stage::Body))?;
            let Some(frame) = frame else {
                return Ok(None);
            };
            let frame = frame.map_err(|source| Error::from_body(&self.response.host, source))?;
            // Trailers are nobody's.
            let part = frame.into_data().unwrap_or_default();
            if !self.pace.is_kept(asked.elapsed(), part.len()) {
                return Err(self.timed_out(Stage::Pace));
            }
            if !part.is_empty() {
                return Ok(Some(part));
            }
        }
    }

    fn check_length(&self, length: u64) -> Result<(), Error> {
        match self.response.limits.max_bytes {
            Some(max_bytes) if length > max_bytes => Err(Error::BodyTooLarge {
                host: self.response.host.clone(),
                max_bytes,
            }),
            _ => Ok(()),
        }
    }

    /// D-04: a bomb is not even begun.
    fn check_coding(&self) -> Result<(), Error> {
        if self.response.limits.max_bytes.is_some() && is_coded(self.response.headers()) {
            return Err(Error::Coded {
                host: self.response.host.clone(),
            });
        }
        Ok(())
    }

    fn timed_out(&self, stage: Stage) -> Error {
        Error::TimedOut {
            host: self.response.host.clone(),
            stage,
        }
    }
}

/// Whether the body is something else than the bytes that it stands for (RFC 9110, section 8.4, and
/// RFC 9112, section 6.1).
fn is_coded(headers: &HeaderMap) -> bool {
    let has_other = |name, plain: &str| {
        let values = headers.get_all(name).into_iter();
        values
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .any(|coding| !coding.trim_ascii().eq_ignore_ascii_case(plain.as_bytes()))
    };
    has_other(CONTENT_ENCODING, "identity") || has_other(TRANSFER_ENCODING, "chunked")
}
