//! Microsoft's token endpoint.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::error::oauth_error;
use super::tenant::Tenant;
use super::{id_token, scope};
use crate::fault::Terms;
use crate::identity::{
    Invalid, Parameters, Provider, Rotation, TokenTerms, Tokens, Unauthenticated,
};
use crate::simulation::Simulation;

const EXPIRES_IN_SECS: u64 = 3600;

/// The body of an answer.
#[derive(Serialize)]
struct Answer {
    token_type: &'static str,
    scope: String,
    expires_in: u64,
    ext_expires_in: u64,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// A refusal in the making: the status, `error`, the number behind `AADSTS`, and the text.
struct Refusal(StatusCode, &'static str, u32, String);

/// `POST`: a code or a refresh token for an access token.
pub(super) async fn exchange(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    form: web::ReqData<Parameters>,
    terms: web::ReqData<Terms>,
) -> HttpResponse {
    match tokens(&simulation, &request, &form, *terms) {
        Ok(body) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store, no-cache"))
            .insert_header((PRAGMA, "no-cache"))
            .json(body),
        Err(Refusal(status, error, code, text)) => {
            oauth_error(&simulation, status, error, code, &text)
        }
    }
}

fn tokens(
    simulation: &Simulation,
    request: &HttpRequest,
    form: &Parameters,
    terms: Terms,
) -> Result<Answer, Refusal> {
    Tenant::of(request).map_err(|name| {
        bad_request(
            "invalid_request",
            90002,
            format!("Tenant '{name}' not found."),
        )
    })?;
    simulation
        .microsoft
        .authenticate(request.headers(), form)
        .map_err(unauthenticated)?;
    match required(form, "grant_type")? {
        "authorization_code" => redeem(simulation, form, terms),
        "refresh_token" => refresh(simulation, form, terms),
        other => Err(bad_request(
            "unsupported_grant_type",
            70003,
            format!("The app requested an unsupported grant type '{other}'."),
        )),
    }
}

fn redeem(simulation: &Simulation, form: &Parameters, terms: Terms) -> Result<Answer, Refusal> {
    let code = required(form, "code")?;
    let redirect_uri = required(form, "redirect_uri")?;
    let now = simulation.clock.now();
    let consent = simulation
        .grants
        .consent_behind(Provider::Microsoft, code, now)
        .map_err(invalid_code)?;
    if redirect_uri != consent.redirect_uri {
        let text = "The reply address in the request does not match the reply address provided when \
                    requesting the authorization code.";
        return Err(bad_request("invalid_grant", 500_112, text));
    }
    if let Some(challenge) = &consent.challenge {
        let verifier = form.get("code_verifier").unwrap_or_default();
        if !challenge.is_met_by(verifier) {
            let text = "The Code_Verifier does not match the code_challenge supplied in the \
                        authorization request.";
            return Err(bad_request("invalid_grant", 501_481, text));
        }
    }
    let scopes = narrowed(form, &consent.scopes)?;
    let tokens = simulation
        .grants
        .redeem(Provider::Microsoft, code, deal(terms), now)
        .map_err(invalid_code)?;
    Ok(Answer::of(
        simulation,
        tokens,
        &scopes,
        consent.nonce.as_deref(),
    ))
}

fn refresh(simulation: &Simulation, form: &Parameters, terms: Terms) -> Result<Answer, Refusal> {
    let Some(token) = form.get("refresh_token") else {
        // Not what RFC 6749 has for it, but what the original says.
        let text = "Invalid request. Request is malformed or invalid.";
        return Err(bad_request("invalid_grant", 9_002_313, text));
    };
    let now = simulation.clock.now();
    let tokens = simulation
        .grants
        .refresh(Provider::Microsoft, token, deal(terms), now)
        .map_err(invalid_refresh_token)?;
    let scopes = narrowed(form, &tokens.scopes)?;
    Ok(Answer::of(simulation, tokens, &scopes, None))
}

fn deal(terms: Terms) -> TokenTerms {
    terms.tokens(EXPIRES_IN_SECS, Rotation::Overlapping)
}

/// The granted scopes that the request names, all if it names none.
fn narrowed(form: &Parameters, granted: &[String]) -> Result<Vec<String>, Refusal> {
    let Some(wanted) = form.get("scope") else {
        return Ok(granted.to_vec());
    };
    wanted
        .split_ascii_whitespace()
        .map(|wanted| {
            let Some(name) = scope::of_graph(wanted) else {
                let text = format!("The scope '{wanted}' is not valid: it is another resource's.");
                return Err(bad_request("invalid_scope", 70011, text));
            };
            if name == ".default" || scope::has(granted, name) {
                Ok(name.to_owned())
            } else {
                let text = format!("The user has not consented to the scope '{name}'.");
                Err(bad_request("invalid_grant", 65001, text))
            }
        })
        .collect()
}

impl Answer {
    fn of(simulation: &Simulation, tokens: Tokens, scopes: &[String], nonce: Option<&str>) -> Self {
        let has_openid = scope::has(scopes, "openid");
        let told: Vec<&str> = scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| *scope != scope::OFFLINE_ACCESS)
            .collect();
        Self {
            token_type: "Bearer",
            scope: told.join(" "),
            expires_in: tokens.expires_in_secs,
            ext_expires_in: tokens.expires_in_secs,
            id_token: has_openid.then(|| id_token::token(simulation, &tokens, nonce)),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        }
    }
}

fn invalid_code(reason: Invalid) -> Refusal {
    let (code, text) = match reason {
        Invalid::Unknown => (
            9_002_313,
            "Invalid request. Request is malformed or invalid.",
        ),
        Invalid::Expired => (70008, "The provided authorization code has expired."),
        Invalid::Used => (
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use \
             an existing refresh token.",
        ),
        Invalid::Revoked => (
            50173,
            "The provided grant has expired due to it being revoked.",
        ),
    };
    bad_request("invalid_grant", code, text)
}

fn invalid_refresh_token(reason: Invalid) -> Refusal {
    let (code, text) = match reason {
        Invalid::Unknown => (
            70000,
            "The provided value for the input parameter is not valid.",
        ),
        Invalid::Expired => (700_082, "The refresh token has expired due to inactivity."),
        Invalid::Used => (70000, "The refresh token was already redeemed."),
        Invalid::Revoked => (
            65001,
            "The user or administrator has not consented to use the application.",
        ),
    };
    bad_request("invalid_grant", code, text)
}

fn unauthenticated(reason: Unauthenticated) -> Refusal {
    match reason {
        Unauthenticated::NoId => missing("client_id"),
        Unauthenticated::UnknownId => bad_request(
            "unauthorized_client",
            700_016,
            "Application was not found in the directory.",
        ),
        Unauthenticated::NoSecret => Refusal(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or \
             'client_secret'."
                .to_owned(),
        ),
        Unauthenticated::WrongSecret => Refusal(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            7_000_215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client \
             secret value, not the client secret ID."
                .to_owned(),
        ),
    }
}

fn required<'f>(form: &'f Parameters, name: &'f str) -> Result<&'f str, Refusal> {
    form.get(name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Refusal {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    bad_request("invalid_request", 900_144, text)
}

fn bad_request(error: &'static str, code: u32, text: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error, code, text.into())
}
