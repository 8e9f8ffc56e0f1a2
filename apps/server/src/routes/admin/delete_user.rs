//! `DELETE /api/admin/users/{id}`: deletes an account, and has all erased that its user had.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::UserId;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, Idempotency, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::BY_ID,
    &[
        Code::InvalidRequest,
        Code::RecentLoginRequired,
        Code::OwnAccount,
        Code::LastAdmin,
        Code::Conflict,
        Code::IdempotencyKeyReused,
        Code::KeyUnavailable,
    ],
];

/// An erasure that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasureBegun {
    /// The erasure's id: `GET /api/admin/erasures/{id}` tells how far it is.
    #[schema(format = Uuid)]
    erasure_id: String,
}

/// Deletes an account. It is gone at once: sessions end, and credentials are unusable for anything but the
/// erasure, which deletes the user's documents, ends the grants at the providers and destroys the credentials.
///
/// It needs a log-in of the last five minutes. Whoever asks again while the erasure goes on gets the same one;
/// with an `Idempotency-Key`, for a day.
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}",
    operation_id = "deleteUser",
    tag = "administration",
    params(
        ("id" = String, Path, format = Uuid, description = "The account."),
        ("Idempotency-Key" = Option<String>, Header, description = "A key of the caller's choice, in quotation marks or without them: the same request with the same key leads to the same erasure, for a day."),
    ),
    responses((
        status = 202,
        description = "The account is gone, and the rest is being erased.",
        body = ErasureBegun,
        headers(("Location" = String, description = "Where to see how far the erasure is.")),
    ))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<UserId>,
    Idempotency(key): Idempotency,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let erasures = state.wharf.erasures();
    let erasure = erasures.request(&context, user, id, key.as_ref()).await?;
    let answer = ErasureBegun {
        erasure_id: erasure.to_string(),
    };
    Ok(HttpResponse::Accepted()
        .insert_header((LOCATION, format!("/api/admin/erasures/{erasure}")))
        .json(answer))
}
