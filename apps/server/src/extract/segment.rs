//! Segments of the path that name something. A text that can name nothing is answered like the name
//! of nothing (E-01).

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use wharf::domain::item::ItemId;
use wharf::domain::provider::Provider;

use crate::error::{ApiError, Code};

/// The segment `{id}`.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: wharf::domain::id::Id> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "id", Code::NotFound).map(Self))
    }
}

/// The segment `{folder_id}`.
pub(crate) struct FolderId(pub(crate) ItemId);

impl FromRequest for FolderId {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "folder_id", Code::ItemNotFound).map(Self))
    }
}

/// The segment `{item_id}`.
pub(crate) struct ItemSegment(pub(crate) ItemId);

impl FromRequest for ItemSegment {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "item_id", Code::ItemNotFound).map(Self))
    }
}

/// The segment `{provider}`.
pub(crate) struct ProviderName(pub(crate) Provider);

impl FromRequest for ProviderName {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "provider", Code::UnknownProvider).map(Self))
    }
}

fn segment<T: FromStr>(request: &HttpRequest, name: &str, unknown: Code) -> Result<T, ApiError> {
    let text = request.match_info().get(name);
    text.and_then(|text| text.parse().ok())
        .ok_or(ApiError::new(unknown))
}
