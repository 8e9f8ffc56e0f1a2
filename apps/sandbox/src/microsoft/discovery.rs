//! Where clients find what the identity platform offers (OpenID Connect Discovery 1.0).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::error::oauth_error;
use super::tenant::Tenant;
use crate::simulation::Simulation;

/// `GET`: the provider's metadata. Where any tenant may sign in, the issuer is a template.
pub(super) async fn configuration(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
) -> HttpResponse {
    let tenant = match Tenant::of(&request) {
        Ok(tenant) => tenant,
        Err(name) => {
            let text = format!("Tenant '{name}' not found.");
            let status = StatusCode::BAD_REQUEST;
            return oauth_error(&simulation, status, "invalid_tenant", 90002, &text);
        }
    };
    let issuer = match &tenant {
        Tenant::One(id) => id,
        _ => "{tenantid}",
    };
    let (origin, tenant) = (&simulation.origin, tenant.as_str());
    HttpResponse::Ok().json(json!({
        "issuer": format!("{origin}/{issuer}/v2.0"),
        "authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
        "jwks_uri": format!("{origin}/{tenant}/discovery/v2.0/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }))
}

/// `GET`: the keys of ID tokens.
pub(super) async fn keys(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(simulation.signer.key_set())
}
