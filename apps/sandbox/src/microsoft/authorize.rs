//! Microsoft's authorization endpoint: the page, and where it leads.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};

use super::scope;
use super::tenant::Tenant;
use crate::identity::{
    Asked, Choice, Consent, Decision, Flaw, PEOPLE, Parameters, Person, Provider, consent_page,
    error_page,
};
use crate::simulation::Simulation;

/// `GET`: the page, or the answer if a script has decided ahead.
pub(super) async fn show(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    respond(&simulation, &request, parameters, Asked::decided_ahead)
}

/// `POST`: what the page's form says.
pub(super) async fn decide(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    form: web::ReqData<Parameters>,
) -> HttpResponse {
    respond(&simulation, &request, form.into_inner(), Asked::decided)
}

fn respond(
    simulation: &Simulation,
    request: &HttpRequest,
    parameters: Parameters,
    decision: impl FnOnce(&Asked) -> Option<Decision>,
) -> HttpResponse {
    let tenant = match Tenant::of(request) {
        Ok(tenant) => tenant,
        Err(name) => return error(90002, &format!("Tenant '{name}' not found.")),
    };
    let asked = match Asked::read(parameters, &simulation.microsoft) {
        Ok(asked) => asked,
        Err(flaw) => return refusal(flaw),
    };
    match decision(&asked) {
        Some(Decision::Grant(person, _)) if !tenant.admits(person) => error(
            50020,
            "User account from identity provider does not exist in this tenant.",
        ),
        Some(Decision::Grant(person, _)) => grant(simulation, &asked, person),
        Some(Decision::Deny) => sent_back(asked.back(&[
            ("error", "access_denied"),
            ("error_subcode", "cancel"),
            (
                "error_description",
                "AADSTS65004: User declined to consent to access the app.",
            ),
        ])),
        None => page(request.path(), &tenant, &asked),
    }
}

fn page(path: &str, tenant: &Tenant, asked: &Asked) -> HttpResponse {
    let people = PEOPLE.iter().filter(|person| tenant.admits(person));
    // Consent is to all or to nothing here.
    let choices: Vec<Choice<'_>> = asked
        .scopes
        .iter()
        .map(|scope| Choice {
            scope,
            is_optional: false,
        })
        .collect();
    consent_page("Microsoft", path, people, &choices, &asked.parameters)
}

fn grant(simulation: &Simulation, asked: &Asked, person: &'static Person) -> HttpResponse {
    let scopes: Vec<String> = asked
        .scopes
        .iter()
        .filter_map(|scope| scope::of_graph(scope))
        .map(str::to_owned)
        .collect();
    let consent = Consent {
        provider: Provider::Microsoft,
        person,
        brings_refresh_token: scope::has(&scopes, scope::OFFLINE_ACCESS),
        scopes,
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        nonce: asked.parameters.get("nonce").map(str::to_owned),
    };
    let code = simulation.grants.consent(consent, simulation.clock.now());
    let session = simulation.random.uuid();
    sent_back(asked.back(&[("code", &code), ("session_state", &session)]))
}

fn sent_back(url: Option<url::Url>) -> HttpResponse {
    match url {
        Some(url) => HttpResponse::Found()
            .insert_header((LOCATION, url.as_str()))
            .finish(),
        None => refusal(Flaw::RedirectUriMismatch),
    }
}

fn refusal(flaw: Flaw) -> HttpResponse {
    let missing = |name| {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        error(900144, &text)
    };
    match flaw {
        Flaw::NoClient => missing("client_id"),
        Flaw::NoRedirectUri => missing("redirect_uri"),
        Flaw::NoResponseType => missing("response_type"),
        Flaw::NoScope => missing("scope"),
        Flaw::UnknownClient => error(700016, "Application was not found in the directory."),
        Flaw::RedirectUriMismatch => error(
            50011,
            "The redirect URI specified in the request does not match the redirect URIs configured \
             for the application.",
        ),
        Flaw::UnsupportedResponseType => error(
            70005,
            "The 'response_type' provided is not supported for the application.",
        ),
        Flaw::UnknownChallengeMethod => error(
            501491,
            "Invalid value for code_challenge_method in the authorization request.",
        ),
    }
}

fn error(code: u32, text: &str) -> HttpResponse {
    let text = format!("AADSTS{code}: {text}");
    error_page(
        StatusCode::BAD_REQUEST,
        "Sorry, but we're having trouble signing you in.",
        &text,
    )
}
