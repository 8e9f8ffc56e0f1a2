//! `POST /api/cloud/oauth/complete`: the user who began confirms what another browser brought back.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Json, NoQuery, Query};
use crate::routes::connections::connection::{self, Connection};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    &[
        Code::InvalidState,
        Code::TooManyConnections,
        Code::Conflict,
        Code::AccountMismatch,
        Code::ScopeInsufficient,
        Code::ConsentIncomplete,
        Code::ConsentExpired,
        Code::UnknownProvider,
        Code::Unreachable,
        Code::UpstreamUnavailable,
        Code::ProviderMisconfigured,
        Code::RateLimitedUpstream,
        Code::AuthorizationUnavailable,
        Code::KeyUnavailable,
    ],
];

/// What the browser brought back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Completion {
    /// The `confirmation` that came with the outcome `confirm`: good once, for five minutes, and only for
    /// the user who began.
    #[schema(format = Password)]
    confirmation: String,
}

/// Completes an authorization that came back by another browser than the one that began it.
#[utoipa::path(
    post,
    path = "/api/cloud/oauth/complete",
    operation_id = "completeOauth",
    tag = "oauth",
    request_body = Completion,
    responses(
        (status = 200, description = "The account was known; its connection is updated.", body = Connection),
        (status = 201, description = "The account is connected.", body = Connection,
            headers(("Location" = String, description = "The connection's address.")))
    )
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Json(completion): Json<Completion>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let authorizations = state.wharf.authorizations();
    let confirmation = completion.confirmation.into();
    let connected = authorizations
        .complete(&context, user.id, &confirmation)
        .await?;
    Ok(connection::connected(connected))
}
