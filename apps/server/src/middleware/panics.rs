//! A handler that panics answers like any other failure, and takes nothing down with it (G-04).

use std::panic::AssertUnwindSafe;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use futures_util::FutureExt as _;

use crate::error::{ApiError, Code};

/// Answers with an internal error where the handler panics. What it said stays out of the answer; the
/// panic hook has logged where it was.
pub(crate) async fn contain<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kept = request.request().clone();
    // Handlers share nothing that a panic could leave half changed: state is behind the services.
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    Ok(match outcome {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => ServiceResponse::from_err(error, kept),
        Err(_) => ServiceResponse::from_err(ApiError::new(Code::Internal), kept),
    })
}
