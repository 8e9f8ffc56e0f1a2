//! Queries, read strictly: unknown and repeated keys are refused (I-03).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::form;
use crate::error::{ApiError, Code};

/// A query of the expected shape.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

/// The shape of the query where none is expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

/// Reads a query; whether unknown keys are refused is the shape's to say.
pub(crate) fn read<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    // The form's own decoder would put replacement characters for what is not UTF-8.
    if percent_decode_str(query).decode_utf8().is_err() {
        return Err(ApiError::new(Code::InvalidRequest).saying("the query is not UTF-8"));
    }
    form::read(serde_urlencoded::Deserializer::new(form_urlencoded::parse(
        query.as_bytes(),
    )))
}
