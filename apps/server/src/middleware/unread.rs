//! Requests that are answered before their body was read.
//!
//! The server closes such a connection after the answer, and reads on for a moment so that the client
//! gets to see it. But it takes a body of unknown length that somebody let go of for one to be read
//! to its end, however long that is. So the body is held until the answer is out.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use crate::meters::HttpMeters;

/// A request's body, held while its handler reads it.
#[derive(Clone)]
pub(super) struct Held {
    payload: Rc<RefCell<Payload>>,
    meters: HttpMeters,
}

impl Held {
    /// Holds the body of `request`, which can be read as before and is measured then. Most requests have
    /// none.
    pub(super) fn of(request: &mut ServiceRequest, meters: &HttpMeters) -> Option<Self> {
        let payload = request.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let held = Self {
            payload: Rc::new(RefCell::new(payload)),
            meters: meters.clone(),
        };
        let payload: Pin<Box<dyn Stream<Item = _>>> = Box::pin(held.clone());
        request.set_payload(Payload::Stream { payload });
        Some(held)
    }
}

impl Stream for Held {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.payload.borrow_mut().poll_next_unpin(cx);
        match &next {
            Poll::Ready(Some(Ok(chunk))) => self.meters.received(chunk.len()),
            Poll::Ready(Some(Err(_))) => self.meters.upload_broke_off(),
            Poll::Ready(None) | Poll::Pending => {}
        }
        next
    }
}

/// An answer's body that holds the request's until it is sent.
pub(super) struct Holding {
    body: BoxBody,
    _held: Option<Held>,
}

impl Holding {
    pub(super) const fn new(body: BoxBody, held: Option<Held>) -> Self {
        Self { body, _held: held }
    }
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
