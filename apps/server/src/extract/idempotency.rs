//! `Idempotency-Key`: a request that is sent twice is done once
//! (draft-ietf-httpapi-idempotency-key-header-07).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest};
use wharf::domain::idempotency::{IdempotencyKey, InvalidIdempotencyKey};

use crate::error::ApiError;

const NAME: &str = "Idempotency-Key";

/// The key of the request, if it has one.
pub(crate) struct Idempotency(pub(crate) Option<IdempotencyKey>);

impl FromRequest for Idempotency {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = key_in(request.headers());
        ready(key.map(Self).map_err(|why| ApiError::invalid(NAME, why)))
    }
}

fn key_in(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, InvalidIdempotencyKey> {
    let mut values = headers.get_all(NAME);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let value = value.to_str().map_err(|_| InvalidIdempotencyKey)?;
            value.parse().map(Some)
        }
        (Some(_), Some(_)) => Err(InvalidIdempotencyKey),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    //
    #[test]
    fn a_request_has_one_key_or_none() {
        let key = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                let name = HeaderName::from_static("idempotency-key");
                headers.append(name, HeaderValue::from_static(value));
            }
            key_in(&headers).map(|key| key.map(|key| key.as_str().to_owned()))
        };
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&["\"a1\""]), Ok(Some("a1".to_owned())));
        assert_eq!(key(&["a1", "a1"]), Err(InvalidIdempotencyKey));
        assert_eq!(key(&[""]), Err(InvalidIdempotencyKey));
    }
}
