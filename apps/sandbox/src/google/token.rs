//! Google's token endpoint.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::error::oauth_error;
use super::id_token;
use crate::fault::Terms;
use crate::identity::{Invalid, Parameters, Provider, Rotation, Tokens, Unauthenticated};
use crate::simulation::Simulation;

/// One second less than the hour, as the original has it.
const EXPIRES_IN_SECS: u64 = 3599;

/// The body of an answer (RFC 6749, section 5.1).
#[derive(Serialize)]
struct Answer {
    access_token: String,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    scope: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// A refusal in the making: the status, `error` and `error_description`.
struct Refusal(StatusCode, &'static str, String);

/// `POST`: a code or a refresh token for an access token.
pub(super) async fn exchange(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    form: web::ReqData<Parameters>,
    terms: web::ReqData<Terms>,
) -> HttpResponse {
    match answer(&simulation, &request, &form, *terms) {
        Ok(body) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(body),
        Err(Refusal(status, error, description)) => oauth_error(status, error, &description),
    }
}

fn answer(
    simulation: &Simulation,
    request: &HttpRequest,
    form: &Parameters,
    terms: Terms,
) -> Result<Answer, Refusal> {
    simulation
        .google
        .authenticate(request.headers(), form)
        .map_err(unauthenticated)?;
    match form.get("grant_type") {
        Some("authorization_code") => redeem(simulation, form, terms),
        Some("refresh_token") => refresh(simulation, form, terms),
        Some(other) => {
            let text = format!("Invalid grant_type: {other}");
            Err(bad_request("unsupported_grant_type", text))
        }
        None => Err(missing("grant_type")),
    }
}

fn redeem(simulation: &Simulation, form: &Parameters, terms: Terms) -> Result<Answer, Refusal> {
    let code = form.get("code").ok_or_else(|| missing("code"))?;
    let now = simulation.clock.now();
    let consent = simulation
        .grants
        .consent_behind(Provider::Google, code, now)
        .map_err(invalid_code)?;
    let redirect_uri = form.get("redirect_uri");
    if redirect_uri.ok_or_else(|| missing("redirect_uri"))? != consent.redirect_uri {
        return Err(bad_request("redirect_uri_mismatch", "Bad Request"));
    }
    if let Some(challenge) = &consent.challenge {
        let verifier = form.get("code_verifier");
        let verifier =
            verifier.ok_or_else(|| bad_request("invalid_grant", "Missing code verifier."))?;
        if !challenge.is_met_by(verifier) {
            return Err(bad_request("invalid_grant", "Invalid code verifier."));
        }
    }
    let terms = terms.tokens(EXPIRES_IN_SECS, Rotation::Never);
    let tokens = simulation
        .grants
        .redeem(Provider::Google, code, terms, now)
        .map_err(invalid_code)?;
    Ok(Answer::of(simulation, tokens, consent.nonce.as_deref()))
}

fn refresh(simulation: &Simulation, form: &Parameters, terms: Terms) -> Result<Answer, Refusal> {
    let token = form.get("refresh_token");
    let token = token.ok_or_else(|| missing("refresh_token"))?;
    let terms = terms.tokens(EXPIRES_IN_SECS, Rotation::Never);
    let now = simulation.clock.now();
    let tokens = simulation
        .grants
        .refresh(Provider::Google, token, terms, now)
        .map_err(|reason| match reason {
            Invalid::Unknown => bad_request("invalid_grant", "Bad Request"),
            _ => bad_request("invalid_grant", "Token has been expired or revoked."),
        })?;
    Ok(Answer::of(simulation, tokens, None))
}

impl Answer {
    /// An ID token comes along where signing in was asked for.
    fn of(simulation: &Simulation, tokens: Tokens, nonce: Option<&str>) -> Self {
        Self {
            id_token: id_token::token(simulation, &tokens, nonce),
            access_token: tokens.access_token,
            expires_in: tokens.expires_in_secs,
            refresh_token: tokens.refresh_token,
            scope: tokens.scopes.join(" "),
            token_type: "Bearer",
        }
    }
}

fn invalid_code(reason: Invalid) -> Refusal {
    let description = match reason {
        Invalid::Unknown => "Malformed auth code.",
        _ => "Bad Request",
    };
    bad_request("invalid_grant", description)
}

fn unauthenticated(reason: Unauthenticated) -> Refusal {
    let invalid_client =
        |text: &str| Refusal(StatusCode::UNAUTHORIZED, "invalid_client", text.to_owned());
    match reason {
        Unauthenticated::NoId => bad_request(
            "invalid_request",
            "Could not determine client ID from request.",
        ),
        Unauthenticated::NoSecret => bad_request("invalid_request", "client_secret is missing."),
        Unauthenticated::UnknownId => invalid_client("The OAuth client was not found."),
        Unauthenticated::WrongSecret => invalid_client("The provided client secret is invalid."),
    }
}

fn missing(parameter: &str) -> Refusal {
    let description = format!("Missing required parameter: {parameter}");
    bad_request("invalid_request", description)
}

fn bad_request(error: &'static str, description: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error, description.into())
}
