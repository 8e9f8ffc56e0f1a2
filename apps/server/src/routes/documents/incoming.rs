//! An upload whose description is known and whose bytes are still to come, whichever form it came in.

use std::pin::Pin;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::content::ContentType;
use wharf::domain::item::ItemName;
use wharf::domain::user::StoragePlace;

use super::multipart;
use crate::error::{ApiError, Code};
use crate::extract::{Patient, Place, is_multipart, read_place, refuse_coding};

/// The bytes of an upload as they come.
pub(super) type Bytestream = Pin<Box<dyn Stream<Item = Result<Bytes, ApiError>>>>;

/// What an upload is to be called and where it is to go.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wishes {
    /// What the document is called: 1 to 255 bytes. A form may name it instead, or its file.
    #[param(min_length = 1, max_length = 255)]
    pub(super) name: Option<String>,
    /// Where it goes: `house`, or the id of a connection; the default storage unless told.
    #[param(value_type = Option<Place>)]
    pub(super) storage: Option<String>,
}

/// An upload whose bytes are still to come.
pub(super) struct Incoming {
    pub(super) name: ItemName,
    pub(super) place: Option<StoragePlace>,
    pub(super) content_type: ContentType,
    /// How many bytes there will be, where it was announced.
    pub(super) size_bytes: Option<u64>,
    pub(super) bytes: Bytestream,
}

impl Incoming {
    /// Reads as much of the request as comes before the bytes.
    pub(super) async fn open(
        request: &HttpRequest,
        wishes: Wishes,
        payload: Patient,
    ) -> Result<Self, ApiError> {
        refuse_coding(request.headers())?;
        if is_multipart(request.headers()) {
            multipart::open(request.headers(), wishes, payload).await
        } else {
            Self::raw(request.headers(), &wishes, payload)
        }
    }

    /// The upload that is the body itself.
    fn raw(headers: &HeaderMap, wishes: &Wishes, payload: Patient) -> Result<Self, ApiError> {
        let content_type = headers.get(CONTENT_TYPE);
        let bytes = Box::pin(payload.map_err(interrupted));
        Self::new(wishes, None, content_type, announced(headers), bytes)
    }

    /// The upload as it is described; `file_name` counts where no other name was given.
    pub(super) fn new(
        wishes: &Wishes,
        file_name: Option<&str>,
        content_type: Option<&HeaderValue>,
        size_bytes: Option<u64>,
        bytes: Bytestream,
    ) -> Result<Self, ApiError> {
        let name = wishes.name.as_deref().or(file_name);
        let name = name.ok_or_else(|| ApiError::invalid("name", "is missing"))?;
        Ok(Self {
            name: name
                .parse()
                .map_err(|error| ApiError::invalid("name", error))?,
            place: wishes.storage.as_deref().map(read_place).transpose()?,
            content_type: content_type
                .map_or_else(|| Ok(ContentType::octet_stream()), read_type)?,
            size_bytes,
            bytes,
        })
    }
}

/// Why no more bytes come.
pub(super) fn interrupted(error: PayloadError) -> ApiError {
    ApiError::new(Code::UploadIncomplete).caused_by(error)
}

/// How many bytes the body has; a body in chunks does not say.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn read_type(value: &HeaderValue) -> Result<ContentType, ApiError> {
    let text = value.to_str().unwrap_or_default();
    text.parse()
        .map_err(|error| ApiError::invalid("content-type", error))
}
