//! Google's revocation endpoint (RFC 7009): an access or refresh token takes the person's whole grant to
//! this application along.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::error::oauth_error;
use crate::identity::{Parameters, Provider};
use crate::simulation::Simulation;

/// `POST`: the token is in the form or in the query.
pub(super) async fn revoke(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    form: web::ReqData<Parameters>,
) -> HttpResponse {
    let query = Parameters::parse(request.query_string().as_bytes());
    let Some(token) = form.get("token").or_else(|| query.get("token")) else {
        return oauth_error(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Missing required parameter: token",
        );
    };
    if simulation.grants.revoke_token(Provider::Google, token) {
        HttpResponse::Ok().json(json!({}))
    } else {
        oauth_error(
            StatusCode::BAD_REQUEST,
            "invalid_token",
            "Token expired or revoked",
        )
    }
}
