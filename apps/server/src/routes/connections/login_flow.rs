//! `GET /api/cloud/connections/nextcloud/login-flow/{id}`: what came of a login.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::LoginFlowId;
use wharf::services::login_flows::{FlowFailure, Progress};

use super::begin_login_flow::PATH;
use super::connection::Connection;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID, &[Code::KeyUnavailable]];

/// What came of a login.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoginFlow {
    /// `pending`: the person has not granted it yet. `connected`: the account is connected. `failed`: nothing
    /// came of it, and another login may be begun.
    #[schema(example = "pending")]
    status: &'static str,
    /// How long the person still has, in seconds, while it is pending.
    #[schema(required)]
    expires_in: Option<u64>,
    /// The connection, unless it was ended since.
    #[schema(required)]
    connection: Option<Connection>,
    /// Why it failed: `expired`, `server_not_allowed`, `password_refused`, `too_many_connections` or
    /// `unconnected`.
    #[schema(required)]
    reason: Option<&'static str>,
    /// Where another login is begun, after a failure.
    #[schema(required, format = Uri)]
    begin_again: Option<&'static str>,
}

/// Asks what came of a login, and connects the account once it is granted. Every second is often enough.
#[utoipa::path(
    get,
    path = "/api/cloud/connections/nextcloud/login-flow/{id}",
    operation_id = "getLoginFlow",
    tag = "connections",
    params(("id" = String, Path, format = Uuid, description = "The login.")),
    responses((status = 200, description = "What came of it.", body = LoginFlow))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<LoginFlowId>,
    state: Shared,
) -> Result<web::Json<LoginFlow>, ApiError> {
    let progress = state
        .wharf
        .login_flows()
        .look(&context, user.id, id)
        .await?;
    Ok(web::Json(progress.into()))
}

impl From<Progress> for LoginFlow {
    fn from(progress: Progress) -> Self {
        let (status, expires_in, connection, failure) = match progress {
            Progress::Pending { expires_in } => ("pending", Some(expires_in.as_secs()), None, None),
            Progress::Connected(connection) => ("connected", None, connection, None),
            Progress::Failed(failure) => ("failed", None, None, Some(failure)),
        };
        Self {
            status,
            expires_in,
            connection: connection.map(Connection::from),
            reason: failure.map(FlowFailure::as_str),
            begin_again: failure.map(|_| PATH),
        }
    }
}
