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

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, web};

    use super::*;

    async fn panicking() -> &'static str {
        panic!("canary")
    }

    /// G-04.
    #[tokio::test]
    async fn a_panic_is_an_internal_error_without_its_message() {
        let route = web::resource("/").route(web::get().to(panicking));
        let app = init_service(App::new().service(route.wrap(from_fn(contain)))).await;
        for _ in 0..2 {
            let response = call_service(&app, TestRequest::get().to_request()).await;
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let error = response.response().error().unwrap();
            assert_eq!(error.as_error::<ApiError>().unwrap().code(), Code::Internal);
            assert!(!format!("{response:?}").contains("canary"));
        }
    }
}
