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

/// Sees when the request's body last moved. The other end lives in the body and goes with it.
#[derive(Debug)]
pub(crate) struct Progress(watch::Receiver<Instant>);

impl Progress {
    /// Puts a watched body in place of a streamed one. A body held in memory goes out at once, and
    /// stays as it is so that it can be sent again on a fresh connection.
    pub(crate) fn of(request: &mut reqwest::Request) -> Self {
        let (moved, progress) = watch::channel(Instant::now());
        let is_streamed = request.body().is_some_and(|body| body.as_bytes().is_none());
        if is_streamed && let Some(inner) = request.body_mut().take() {
            let body = reqwest::Body::wrap(WatchedBody { inner, moved });
            *request.body_mut() = Some(body);
        }
        Self(progress)
    }

    /// Ends once nothing has moved for so long, with the stage that is stuck.
    pub(crate) async fn stuck_for(self, limit: Duration) -> Stage {
        loop {
            let moved = *self.0.borrow();
            sleep_until(moved + limit).await;
            if *self.0.borrow() == moved {
                return self.stage();
            }
        }
    }

    fn stage(&self) -> Stage {
        let is_body_gone = self.0.has_changed().is_err();
        if is_body_gone {
            Stage::FirstByte
        } else {
            Stage::Upload
        }
    }
}

/// A request's body that notes when a part of it is taken.
struct WatchedBody {
    inner: reqwest::Body,
    moved: watch::Sender<Instant>,
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if polled.is_ready() {
            self.moved.send_replace(Instant::now());
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
    use tokio::sync::mpsc;
    use tokio::time::{sleep, timeout};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    fn put(body: reqwest::Body) -> reqwest::Request {
        let url = "https://cloud.example.org/".parse().unwrap();
        let mut request = reqwest::Request::new(reqwest::Method::PUT, url);
        *request.body_mut() = Some(body);
        request
    }

    /// A streamed body and the sender of its parts.
    fn streamed() -> (mpsc::Sender<Bytes>, reqwest::Body) {
        let (sender, receiver) = mpsc::channel(1);
        let parts = stream::unfold(receiver, |mut receiver| async {
            let part: Bytes = receiver.recv().await?;
            Some((io::Result::Ok(part), receiver))
        });
        (sender, reqwest::Body::wrap_stream(parts))
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_body_that_flows_is_never_stuck_and_its_end_starts_the_wait() {
        let (parts, body) = streamed();
        let mut request = put(body);
        let stuck = Progress::of(&mut request).stuck_for(LIMIT);
        tokio::pin!(stuck);

        let mut body = request.body_mut().take().unwrap();
        for _ in 0..5 {
            assert!(timeout(Duration::from_secs(20), &mut stuck).await.is_err());
            parts.send(Bytes::from_static(b"part")).await.unwrap();
            let part = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            assert_eq!(part.unwrap().unwrap().into_data().unwrap(), "part");
        }
        drop(body);
        assert!(
            timeout(LIMIT - Duration::from_secs(1), &mut stuck)
                .await
                .is_err()
        );
        assert_eq!(stuck.await, Stage::FirstByte);
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_body_that_no_longer_flows_is_stuck() {
        let (_parts, body) = streamed();
        let mut request = put(body);
        assert_eq!(
            Progress::of(&mut request).stuck_for(LIMIT).await,
            Stage::Upload
        );
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_body_in_memory_is_left_alone() {
        let mut request = put("part".into());
        let stuck = Progress::of(&mut request).stuck_for(LIMIT);
        assert_eq!(request.body().unwrap().as_bytes(), Some(b"part".as_slice()));
        sleep(LIMIT).await;
        assert_eq!(stuck.await, Stage::FirstByte);
    }
}
