//! Answers that do not arrive whole, or not at all.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::header::CONTENT_LENGTH;
use bytes::Bytes;

use crate::connection::Connection;

/// An answer that breaks off sends no more than this, so that all of it fits the socket's buffer.
const MOST_BYTES: u64 = 32 * 1024;

/// How a body ends before its end, or right behind it.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    Reset,
    Close,
    HalfClose,
    Stall,
}

/// A body that ends in its own way.
struct Spoilt {
    body: BoxBody,
    /// How many bytes go out yet; `None` until the first chunk decides it.
    left: Option<u64>,
    ending: Ending,
    connection: Option<Connection>,
    /// Whether what was written before has had its chance to be sent.
    is_flushed: bool,
}

/// The answer with half of its body, and then that ending.
pub(super) fn halved(
    answer: HttpResponse,
    ending: Ending,
    connection: Option<Connection>,
) -> HttpResponse {
    let length = length(&answer);
    let left = length.map(|length| MOST_BYTES.min(length / 2));
    spoilt(answer, length, left, ending, connection)
}

/// The whole answer, and then that ending.
pub(super) fn followed_by(
    answer: HttpResponse,
    ending: Ending,
    connection: Option<Connection>,
) -> HttpResponse {
    let length = length(&answer);
    spoilt(answer, length, Some(u64::MAX), ending, connection)
}

/// No answer: the connection is reset without a byte.
pub(super) fn reset(connection: Option<Connection>) -> HttpResponse {
    HttpResponse::Ok().body(Spoilt {
        body: BoxBody::new(()),
        left: Some(0),
        ending: Ending::Reset,
        connection,
        // The head is written with the body's first chunk, and there is none.
        is_flushed: true,
    })
}

fn spoilt(
    answer: HttpResponse,
    length: Option<u64>,
    left: Option<u64>,
    ending: Ending,
    connection: Option<Connection>,
) -> HttpResponse {
    answer
        .map_body(|head, body| {
            if let Some(length) = length {
                // The body is a stream from here on, and keeps the length that it promised.
                head.no_chunking(true);
                head.headers_mut().insert(CONTENT_LENGTH, length.into());
            }
            Spoilt {
                body,
                left,
                ending,
                connection,
                is_flushed: false,
            }
        })
        .map_into_boxed_body()
}

/// The length of an answer's body, if its head tells.
pub(super) fn length(answer: &HttpResponse) -> Option<u64> {
    match answer.body().size() {
        BodySize::None => Some(0),
        BodySize::Sized(length) => Some(length),
        BodySize::Stream => {
            let value = answer.headers().get(CONTENT_LENGTH)?;
            value.to_str().ok()?.parse().ok()
        }
    }
}

impl Spoilt {
    fn end(&mut self, context: &Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if !self.is_flushed {
            // The server sends what it has only when a body makes it wait.
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let connection = self.connection.as_ref();
        match (self.ending, connection) {
            (Ending::Stall, _) => return Poll::Pending,
            (Ending::HalfClose, Some(connection)) => {
                connection.close_for_writing();
                return Poll::Pending;
            }
            (Ending::Reset, Some(connection)) => connection.reset_when_closed(),
            _ => {}
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}

impl MessageBody for Spoilt {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.left == Some(0) {
            return self.end(context).map_err(Into::into);
        }
        let Poll::Ready(chunk) = Pin::new(&mut self.body).poll_next(context) else {
            return Poll::Pending;
        };
        let Some(chunk) = chunk else {
            self.left = Some(0);
            return self.end(context).map_err(Into::into);
        };
        let mut chunk = chunk?;
        let left = self.left.unwrap_or(chunk.len() as u64 / 2);
        chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        self.left = Some(left - chunk.len() as u64);
        Poll::Ready(Some(Ok(chunk)))
    }
}
