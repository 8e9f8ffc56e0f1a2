//! Bodies of requests: read with patience that ends, and for JSON with a limit (I-01, D-01).

use std::pin::{Pin, pin};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::future::LocalBoxFuture;
use futures_util::{Stream, StreamExt as _, stream};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::form;
use super::media_type::require_json;
use crate::error::{ApiError, Code};

/// The largest JSON body, in bytes (I-01).
const MAX_JSON_BYTES: usize = 64 * 1024;

/// How long a client may pause in the middle of a body, and take for a whole JSON body (D-01).
const PATIENCE: Duration = Duration::from_secs(30);

/// A body whose sender may not pause for ever.
pub(crate) type Patient = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

/// The same bytes; a pause that is too long is an error.
pub(crate) fn patient(
    payload: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + 'static,
) -> Patient {
    let chunks = stream::unfold(payload, async |mut payload| {
        let chunk = match timeout(PATIENCE, payload.next()).await {
            Ok(chunk) => chunk?,
            Err(_) => Err(PayloadError::Incomplete(None)),
        };
        Some((chunk, payload))
    });
    // Whoever reads forms asks once more behind the end.
    Box::pin(chunks.fuse())
}

/// A JSON body of the expected shape.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let accepted = require_json(request.headers());
        let payload = payload.take();
        Box::pin(async move {
            accepted?;
            match timeout(PATIENCE, collect(payload)).await {
                Ok(body) => parse(&body?).map(Self),
                Err(_) => Err(incomplete()),
            }
        })
    }
}

async fn collect(payload: Payload) -> Result<BytesMut, ApiError> {
    let mut payload = pin!(payload);
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| incomplete())?;
        if body.len() + chunk.len() > MAX_JSON_BYTES {
            return Err(Code::PayloadTooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn incomplete() -> ApiError {
    ApiError::new(Code::InvalidRequest).saying("the body ended before it was complete")
}

/// Reads one JSON object and nothing behind it. How deep it may nest is serde_json's limit.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // Serde would take a list for an object whose members come in order.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(ApiError::new(Code::InvalidRequest).saying("the body must be a JSON object"));
    }
    let mut source = serde_json::Deserializer::from_slice(body);
    let value = form::read(&mut source)?;
    match source.end() {
        Ok(()) => Ok(value),
        Err(_) => Err(Code::InvalidRequest.into()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::CONTENT_ENCODING;
    use actix_web::test::TestRequest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    struct Form {
        a: u8,
    }

    const ONE: Result<Form, Code> = Ok(Form { a: 1 });

    async fn read(request: TestRequest) -> Result<Form, Code> {
        let (request, mut payload) = request.to_http_parts();
        let read = Json::from_request(&request, &mut payload).await;
        read.map(|Json(value)| value).map_err(|error| error.code())
    }

    fn json(body: impl Into<Bytes>) -> TestRequest {
        TestRequest::post()
            .insert_header(("content-type", "application/json"))
            .set_payload(body)
    }

    #[tokio::test]
    async fn a_json_body_has_a_limit() {
        let object = r#"{"a":1}"#;
        let padding = " ".repeat(MAX_JSON_BYTES - object.len());
        assert_eq!(read(json(format!("{object}{padding}"))).await, ONE);
        let over = read(json(format!("{object}{padding} "))).await;
        assert_eq!(over, Err(Code::PayloadTooLarge));
    }

    #[tokio::test]
    async fn a_json_body_is_one_object() {
        for body in ["", "[1]", "1", r#"{"a":1"#, r#"{"a":1} 2"#, r#"{"a":1,}"#] {
            assert_eq!(read(json(body)).await, Err(Code::InvalidRequest), "{body}");
        }
        let deep = format!(r#"{{"a":{}"#, "[".repeat(10_000));
        assert_eq!(read(json(deep)).await, Err(Code::InvalidRequest));
    }

    /// I-03.
    #[tokio::test]
    async fn a_json_body_says_that_it_is_json_and_is_not_compressed() {
        let request = |media_type: &str| {
            let typed = TestRequest::post().insert_header(("content-type", media_type));
            typed.set_payload(r#"{"a":1}"#)
        };
        for taken in ["application/json", "Application/JSON; charset=utf-8"] {
            assert_eq!(read(request(taken)).await, ONE, "{taken}");
        }
        for other in ["text/plain", "application/jsonx", ""] {
            let refused = read(request(other)).await;
            assert_eq!(refused, Err(Code::UnsupportedMediaType), "{other}");
        }
        let coded = json(r#"{"a":1}"#).insert_header((CONTENT_ENCODING, "gzip"));
        assert_eq!(read(coded).await, Err(Code::UnsupportedMediaType));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_is_incomplete() {
        let chunks = stream::iter([Ok(Bytes::from_static(b"a"))]).chain(stream::pending());
        let mut body = patient(chunks);
        assert_eq!(body.next().await.unwrap().unwrap(), "a");
        assert!(matches!(
            body.next().await,
            Some(Err(PayloadError::Incomplete(None)))
        ));
    }
}
