//! An upload whose description is known and whose bytes are still to come, whichever form it came in.

use actix_web::HttpRequest;
use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::item::ItemName;
use wharf::domain::user::StoragePlace;

use super::multipart;
use crate::content::raw::RawContent;
use crate::error::ApiError;
use crate::extract::{Patient, Place, is_multipart, read_place, refuse_coding};

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
    pub(super) content: RawContent,
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
            Self::new(&wishes, None, RawContent::of(request.headers(), payload)?)
        }
    }

    /// The upload as it is described; `file_name` counts where no other name was given.
    pub(super) fn new(
        wishes: &Wishes,
        file_name: Option<&str>,
        content: RawContent,
    ) -> Result<Self, ApiError> {
        let name = wishes.name.as_deref().or(file_name);
        let name = name.ok_or_else(|| ApiError::invalid("name", "is missing"))?;
        Ok(Self {
            name: name
                .parse()
                .map_err(|error| ApiError::invalid("name", error))?,
            place: wishes.storage.as_deref().map(read_place).transpose()?,
            content,
        })
    }
}
