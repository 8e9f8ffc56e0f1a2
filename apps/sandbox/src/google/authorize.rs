//! Google's authorization endpoint: the page, and where it leads.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};

use super::{AUTHORIZE, scope};
use crate::identity::{
    Asked, Choice, Consent, Decision, Flaw, PEOPLE, Parameters, Person, Provider, consent_page,
    error_page,
};
use crate::simulation::Simulation;

/// `GET`: the page, or the answer if a script has decided ahead.
pub(super) async fn show(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    let asked = match Asked::read(parameters, &simulation.google) {
        Ok(asked) => asked,
        Err(flaw) => return refusal(flaw),
    };
    match asked.decided_ahead() {
        Some(decision) => answer(&simulation, &asked, decision),
        None => page(&asked),
    }
}

/// `POST`: what the page's form says.
pub(super) async fn decide(
    simulation: web::Data<Simulation>,
    form: web::ReqData<Parameters>,
) -> HttpResponse {
    let asked = match Asked::read(form.into_inner(), &simulation.google) {
        Ok(asked) => asked,
        Err(flaw) => return refusal(flaw),
    };
    match asked.decided() {
        Some(decision) => answer(&simulation, &asked, decision),
        None => page(&asked),
    }
}

fn page(asked: &Asked) -> HttpResponse {
    let choices: Vec<Choice<'_>> = asked
        .scopes
        .iter()
        .map(|scope| Choice {
            scope,
            is_optional: !scope::is_sign_in(scope),
        })
        .collect();
    consent_page(
        "Google",
        AUTHORIZE,
        PEOPLE.iter(),
        &choices,
        &asked.parameters,
    )
}

/// Sends the person back to the application.
fn answer(simulation: &Simulation, asked: &Asked, decision: Decision) -> HttpResponse {
    let issuer = ("iss", &*simulation.origin);
    let url = match decision {
        Decision::Deny => asked.back(&[("error", "access_denied"), issuer]),
        Decision::Grant(person, ticked) => {
            let scopes = granted(asked, &ticked);
            let shown = shown(&scopes);
            let code = consent(simulation, asked, person, scopes);
            asked.back(&[
                ("code", &code),
                ("scope", &shown),
                ("authuser", "0"),
                ("prompt", "consent"),
                issuer,
            ])
        }
    };
    match url {
        Some(url) => HttpResponse::Found()
            .insert_header((LOCATION, url.as_str()))
            .finish(),
        None => refusal(Flaw::RedirectUriMismatch),
    }
}

/// Granular consent: of what was asked, what was ticked, and whatever signing in takes.
/// <https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions>
fn granted(asked: &Asked, ticked: &[String]) -> Vec<String> {
    let granted = asked
        .scopes
        .iter()
        .filter(|scope| scope::is_sign_in(scope) || ticked.contains(scope));
    granted
        .map(|scope| scope::canonical(scope).to_owned())
        .collect()
}

/// The scopes as the redirect tells them: those of signing in under both of their names.
fn shown(scopes: &[String]) -> String {
    let short = [("email", scope::EMAIL), ("profile", scope::PROFILE)];
    let short = short
        .into_iter()
        .filter(|(_, long)| scopes.iter().any(|scope| scope == long))
        .map(|(short, _)| short);
    let names: Vec<&str> = short.chain(scopes.iter().map(String::as_str)).collect();
    names.join(" ")
}

/// Notes the consent. A refresh token comes with the first that allows offline access, or where the
/// application insists on asking again.
fn consent(
    simulation: &Simulation,
    asked: &Asked,
    person: &'static Person,
    scopes: Vec<String>,
) -> String {
    let wants_offline = asked.parameters.get("access_type") == Some("offline");
    let is_first = !simulation.grants.has_offline(Provider::Google, person);
    let consent = Consent {
        provider: Provider::Google,
        person,
        scopes,
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        nonce: asked.parameters.get("nonce").map(str::to_owned),
        brings_refresh_token: wants_offline && (is_first || asked.prompts_for("consent")),
    };
    simulation.grants.consent(consent, simulation.clock.now())
}

fn refusal(flaw: Flaw) -> HttpResponse {
    let (error, text) = match flaw {
        Flaw::NoClient => ("invalid_request", "Missing required parameter: client_id"),
        Flaw::UnknownClient => ("invalid_client", "The OAuth client was not found."),
        Flaw::NoRedirectUri => (
            "invalid_request",
            "Missing required parameter: redirect_uri",
        ),
        Flaw::RedirectUriMismatch => (
            "redirect_uri_mismatch",
            "The redirect URI in the request does not match those authorized for the OAuth client.",
        ),
        Flaw::NoResponseType => (
            "invalid_request",
            "Missing required parameter: response_type",
        ),
        Flaw::UnsupportedResponseType => ("unsupported_response_type", "Invalid response_type"),
        Flaw::NoScope => ("invalid_request", "Missing required parameter: scope"),
        Flaw::UnknownChallengeMethod => ("invalid_request", "Invalid code_challenge_method"),
    };
    let status = match flaw {
        Flaw::UnknownClient => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let title = format!("Error {}: {error}", status.as_u16());
    error_page(status, &title, text)
}
