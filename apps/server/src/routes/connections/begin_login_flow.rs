//! `POST /api/cloud/connections/nextcloud/login-flow`: begins a login at the server's own page.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wharf::domain::connection::DisplayName;
use wharf::services::login_flows::{Begin, Begun};

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

/// Where login flows are begun.
pub(super) const PATH: &str = "/api/cloud/connections/nextcloud/login-flow";

pub(crate) const ERRORS: &[&[Code]] = &[errors::JSON, errors::STORAGE];

/// A Nextcloud to connect.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoginFlowStart)]
pub(crate) struct Start {
    /// The address of any page there.
    #[schema(format = Uri, example = "https://cloud.example.com/")]
    server_url: String,
    /// What the user calls it; made of login name and server if absent. 200 characters at most.
    #[schema(min_length = 1, max_length = 200)]
    display_name: Option<String>,
}

/// A login that has begun.
#[derive(Serialize, ToSchema)]
#[schema(as = LoginFlowBegun)]
pub(crate) struct Answer {
    /// Names the login, to ask what came of it.
    #[schema(format = Uuid)]
    flow_id: String,
    /// Where the person logs in and grants the access, in a browser.
    #[schema(format = Uri)]
    login_url: String,
    /// How long the person has for it, in seconds.
    expires_in: u64,
}

/// Begins a login at a Nextcloud's own page, which gives Wharf a password of its own.
///
/// Of a user's login flows the newest five are kept.
#[utoipa::path(
    post,
    path = "/api/cloud/connections/nextcloud/login-flow",
    operation_id = "beginLoginFlow",
    tag = "connections",
    request_body = Start,
    responses(
        (status = 201, description = "The login has begun.", body = Answer,
            headers(("Location" = String, description = "Where to ask what came of it.")))
    )
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Json(start): Json<Start>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let display_name = start.display_name.map(|name| name.parse::<DisplayName>());
    let display_name = display_name.transpose();
    let begin = Begin {
        server_url: start.server_url,
        display_name: display_name.map_err(|error| ApiError::invalid("display_name", error))?,
    };
    let begun = state
        .wharf
        .login_flows()
        .begin(&context, user.id, begin)
        .await?;
    let location = format!("{PATH}/{}", begun.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(Answer::from(begun)))
}

impl From<Begun> for Answer {
    fn from(begun: Begun) -> Self {
        let Begun {
            id,
            login_url,
            expires_in,
        } = begun;
        Self {
            flow_id: id.to_string(),
            login_url,
            expires_in: expires_in.as_secs(),
        }
    }
}
