//! Answers that arrive in good order and are not what was sent for.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::header::CONTENT_LENGTH;
use bytes::{Bytes, BytesMut};

use super::body::length;

/// A body that is changed on its way.
struct Corrupt {
    body: BoxBody,
    size: BodySize,
    /// Whether the first byte is still to come and is to be flipped.
    flips: bool,
    /// How many bytes go out yet; `None` is all.
    left: Option<u64>,
}

/// The answer with the lowest bit of its first byte flipped.
pub(super) fn flipped(answer: HttpResponse) -> HttpResponse {
    let map = |body: BoxBody| Corrupt {
        size: body.size(),
        body,
        flips: true,
        left: None,
    };
    answer.map_body(|_, body| map(body)).map_into_boxed_body()
}

/// The answer without its last byte, which its head does not promise either. One of unknown length stays
/// as it is.
pub(super) fn cut(answer: HttpResponse) -> HttpResponse {
    let Some(left) = length(&answer).and_then(|length| length.checked_sub(1)) else {
        return answer;
    };
    let map = |body| Corrupt {
        body,
        size: BodySize::Sized(left),
        flips: false,
        left: Some(left),
    };
    answer
        .map_body(|head, body| {
            head.headers_mut().remove(CONTENT_LENGTH);
            map(body)
        })
        .map_into_boxed_body()
}

impl MessageBody for Corrupt {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_next(context);
        let Poll::Ready(Some(Ok(mut chunk))) = polled else {
            return polled;
        };
        if let Some(left) = &mut self.left {
            chunk.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= chunk.len() as u64;
        }
        if self.flips && !chunk.is_empty() {
            self.flips = false;
            let mut changed = BytesMut::from(&*chunk);
            if let Some(first) = changed.first_mut() {
                *first ^= 1;
            }
            chunk = changed.freeze();
        }
        Poll::Ready(Some(Ok(chunk)))
    }
}
