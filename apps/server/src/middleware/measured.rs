//! Answers' bodies that are measured while they are sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use crate::meters::HttpMeters;

/// An answer's body that is measured. It has broken off if it is dropped before its end.
pub(super) struct Measured {
    body: BoxBody,
    meters: HttpMeters,
    /// How many bytes are to come, where that is known.
    left: Option<u64>,
}

impl Measured {
    pub(super) fn new(body: BoxBody, meters: HttpMeters) -> Self {
        let left = match body.size() {
            BodySize::None => Some(0),
            BodySize::Sized(size_bytes) => Some(size_bytes),
            BodySize::Stream => None,
        };
        Self { body, meters, left }
    }
}

impl MessageBody for Measured {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = ready!(Pin::new(&mut self.body).poll_next(cx));
        match &next {
            Some(Ok(chunk)) => {
                self.meters.sent(chunk.len());
                self.left = self
                    .left
                    .map(|left| left.saturating_sub(chunk.len() as u64));
            }
            Some(Err(_)) => {}
            // No more will come of one whose length was not known.
            None => self.left = self.left.or(Some(0)),
        }
        Poll::Ready(next)
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        if self.left != Some(0) {
            self.meters.download_broke_off();
        }
    }
}
