//! Tells a request that is stuck from one whose body still flows.
//!
//! An upload may take hours before the first byte of its answer, so the time allowed for that byte
//! counts anew from every part of the body that was taken.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::Stage;

/// When something last moved, and whether the request's body is still being sent.
#[derive(Clone, Copy, Debug)]
struct Progress {
    last: Instant,
    stage: Stage,
}

/// Watches the request's body from beside it.
#[derive(Debug)]
pub(crate) struct Watch(watch::Receiver<Progress>);

impl Watch {
    /// Puts the watched body in place of the request's. A body held in memory is sent at once, and
    /// stays as it is so that it can be sent again on a fresh connection.
    pub(crate) fn over(request: &mut reqwest::Request) -> Self {
        let is_streamed = request.body().is_some_and(|body| body.as_bytes().is_none());
        let stage = if is_streamed { Stage::Upload } else { Stage::FirstByte };
        let (sender, receiver) = watch::channel(Progress { last: Instant::now(), stage });
        if is_streamed && let Some(inner) = request.body_mut().take() {
            let body = reqwest::Body::wrap(WatchedBody { inner, progress: sender });
            *request.body_mut() = Some(body);
        }
        Self(receiver)
    }

    /// Ends when nothing has moved for so long, with the stage that is stuck.
    pub(crate) async fn stuck_for(self, limit: Duration) -> Stage {
        loop {
            let seen = self.current();
            sleep_until(seen.last + limit).await;
            let now = self.current();
            if now.last == seen.last {
                return now.stage;
            }
        }
    }

    fn current(&self) -> Progress {
        *self.0.borrow()
    }
}

/// A request's body that notes every part that is taken from it.
struct WatchedBody {
    inner: reqwest::Body,
    progress: watch::Sender<Progress>,
}

impl WatchedBody {
    fn note(&self, stage: Stage) {
        self.progress.send_replace(Progress { last: Instant::now(), stage });
    }
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        match &polled {
            Poll::Pending => {}
            // A body of known length may never be asked for its end.
            Poll::Ready(Some(Ok(_))) if !self.inner.is_end_stream() => self.note(Stage::Upload),
            Poll::Ready(_) => self.note(Stage::FirstByte),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io;

    use futures_util::stream;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    fn upload(parts: &'static [&'static str]) -> reqwest::Request {
        let url = "https://cloud.example.org/".parse().unwrap();
        let mut request = reqwest::Request::new(reqwest::Method::PUT, url);
        let parts = stream::iter(parts).map_ok_bytes();
        *request.body_mut() = Some(reqwest::Body::wrap_stream(parts));
        request
    }

    trait MapOkBytes: stream::Stream<Item = &'static &'static str> + Sized {
        fn map_ok_bytes(self) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static;
    }

    async fn take_part(request: &mut reqwest::Request) -> bool {
        let body = request.body_mut().as_mut().unwrap();
        poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await.is_some()
    }
}
