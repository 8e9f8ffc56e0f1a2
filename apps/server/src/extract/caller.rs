//! Who is asking. The access policy has found it out before; nothing here looks at a token.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use wharf::domain::context::Context;
use wharf::domain::session::Identity;

use crate::error::{ApiError, Code};

/// A user whom the access policy has let in.
#[derive(Clone)]
pub(crate) struct Caller {
    /// Who they are, as it was a moment ago at most.
    pub(crate) user: Identity,
    /// The request, on the user's behalf.
    pub(crate) context: Context,
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    /// Fails on a route that lets anybody in: there is no caller then.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or(ApiError::new(Code::Internal)))
    }
}

/// Whoever is asking, on a route that lets anybody in.
pub(crate) struct Anybody(pub(crate) Context);

impl FromRequest for Anybody {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let context = request.extensions().get::<Context>().cloned();
        ready(context.map(Self).ok_or(ApiError::new(Code::Internal)))
    }
}

/// The address that a request comes from, where it has one: to count by, and for nothing that is kept.
#[derive(Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl FromRequest for ClientAddress {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let address = request.extensions().get::<Self>().copied();
        ready(address.ok_or(ApiError::new(Code::Internal)))
    }
}
