//! `GET /api/cloud/oauth/initiate/{provider}`: where a person goes to consent.

use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wharf::services::authorizations::Begin;

use super::binding;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, ProviderName, Query, wants_page};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::QUERY,
    errors::BY_ID,
    &[
        Code::UnknownProvider,
        Code::AuthorizationUnavailable,
        Code::KeyUnavailable,
    ],
];

/// What is to be connected, and where the browser goes in the end.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wish {
    /// The connection that is to be authorised again: the same account must consent.
    #[param(format = Uuid)]
    connection_id: Option<String>,
    /// Where the browser is sent on to, with `outcome` in its query: one of the addresses in the
    /// settings, letter by letter. The server's own page if absent.
    #[param(format = Uri)]
    return_url: Option<String>,
}

/// An authorization that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct Authorization {
    /// Where the person's browser is to go.
    #[schema(format = Uri)]
    authorization_url: String,
    /// For how many seconds the answer is waited for.
    expires_in: u64,
}

/// Begins to connect an account. The cookie ties it to this browser; whoever comes back with another
/// one must confirm by `POST /api/cloud/oauth/complete`.
#[utoipa::path(
    get,
    path = "/api/cloud/oauth/initiate/{provider}",
    operation_id = "initiateOauth",
    tag = "oauth",
    params(
        ("provider" = String, Path, description = "`google_drive` or `onedrive`."),
        Wish
    ),
    responses(
        (status = 200, description = "Where the person goes.", body = Authorization,
            headers(("Set-Cookie" = String, description = "Ties the authorization to this browser."))),
        (status = 302, description = "There, for a browser that asks for a page (`Accept: text/html`).",
            headers(("Location" = String, description = "Where the person goes."),
                ("Set-Cookie" = String, description = "Ties the authorization to this browser.")))
    )
)]
pub(crate) async fn handle(
    caller: Caller,
    Query(wish): Query<Wish>,
    ProviderName(provider): ProviderName,
    request: HttpRequest,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let reauthorise = wish.connection_id.map(|id| id.parse());
    let begin = Begin {
        provider,
        // A text that can name nothing is answered like the name of nothing.
        reauthorise: reauthorise.transpose().map_err(|_| Code::NotFound)?,
        return_url: wish.return_url,
        browser: binding::read(request.headers(), &state),
    };
    let authorizations = state.wharf.authorizations();
    let initiated = authorizations.begin(caller.user.id, begin).await?;
    let cookie = binding::keep(&state, &initiated.browser, initiated.expires_in)?;
    if wants_page(request.headers()) {
        return Ok(HttpResponse::Found()
            .insert_header((SET_COOKIE, cookie))
            .insert_header((LOCATION, initiated.authorization_url))
            .finish());
    }
    Ok(HttpResponse::Ok()
        .insert_header((SET_COOKIE, cookie))
        .json(Authorization {
            authorization_url: initiated.authorization_url,
            expires_in: initiated.expires_in.as_secs(),
        }))
}
