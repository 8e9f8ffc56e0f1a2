//! A content that is the body of a request.

use std::future::{Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use wharf::domain::content::{ContentType, Upload};

use super::forward::{Sender, channel};
use crate::error::{ApiError, Code};
use crate::extract::{Patient, patient, refuse_coding};

/// The bytes of an upload as they come.
pub(crate) type Bytestream = Pin<Box<dyn Stream<Item = Result<Bytes, ApiError>>>>;

/// A content whose bytes are still to come.
pub(crate) struct RawContent {
    pub(crate) content_type: ContentType,
    /// How many bytes there will be, where it was announced.
    pub(crate) size_bytes: Option<u64>,
    pub(crate) bytes: Bytestream,
}

impl RawContent {
    /// Reads what the headers say of the body.
    pub(crate) fn of(headers: &HeaderMap, payload: Patient) -> Result<Self, ApiError> {
        refuse_coding(headers)?;
        Ok(Self {
            content_type: read_type(headers.get(CONTENT_TYPE))?,
            size_bytes: announced(headers),
            bytes: Box::pin(payload.map_err(interrupted)),
        })
    }

    /// The upload for a storage, and the bytes to forward into it.
    pub(crate) fn into_upload(self) -> (Upload, Sender, Bytestream) {
        let (sender, content) = channel();
        let upload = Upload {
            content,
            size_bytes: self.size_bytes,
            content_type: self.content_type,
        };
        (upload, sender, self.bytes)
    }
}

impl FromRequest for RawContent {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::of(request.headers(), patient(payload.take())))
    }
}

/// The media type that the sender gave, or that of bytes of which nothing is known.
pub(crate) fn read_type(value: Option<&HeaderValue>) -> Result<ContentType, ApiError> {
    let Some(value) = value else {
        return Ok(ContentType::octet_stream());
    };
    let text = value.to_str().unwrap_or_default();
    text.parse()
        .map_err(|error| ApiError::invalid("content-type", error))
}

/// Why no more bytes come.
pub(crate) fn interrupted(error: PayloadError) -> ApiError {
    ApiError::new(Code::UploadIncomplete).caused_by(error)
}

/// How many bytes the body has; a body in chunks does not say.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
