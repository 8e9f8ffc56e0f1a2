//! `/index.php/login/v2`: how an application begins a login flow and learns what came of it.

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use serde_json::json;

use super::installation;
use super::terms::Terms;
use crate::fault::LoginUrl;
use crate::identity::Parameters;
use crate::simulation::Simulation;

/// Where a flow begins.
pub(super) const BEGIN: &str = "/index.php/login/v2";
/// Where it is polled.
pub(super) const POLL: &str = "/index.php/login/v2/poll";
/// Where the person decides: this with the flow's token behind it.
pub(super) const FLOW: &str = "/index.php/login/v2/flow/";

const TOKEN_LETTERS: usize = 128;

/// `POST`: begins a flow.
pub(super) async fn begin(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let server = installation::url(&simulation, request.path());
    let token = || simulation.random.text("", TOKEN_LETTERS);
    let (login, poll) = (token(), token());
    let client = request.headers().get(USER_AGENT);
    let client = client
        .and_then(|client| client.to_str().ok())
        .unwrap_or("unknown");
    let terms = terms(&request);
    let answer = json!({
        "poll": {
            "token": poll,
            "endpoint": terms.shown(LoginUrl::Poll, format!("{server}{POLL}")),
        },
        "login": terms.shown(LoginUrl::Login, format!("{server}{FLOW}{login}")),
    });
    let now = simulation.clock.now();
    simulation.nextcloud.flows.begin(login, poll, client, now);
    HttpResponse::Ok().json(answer)
}

/// `POST`: 404 until the person has granted it, then 200 once, then 404.
pub(super) async fn poll(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    form: web::ReqData<Parameters>,
) -> HttpResponse {
    let now = simulation.clock.now();
    let flows = &simulation.nextcloud.flows;
    let granted = form.get("token").and_then(|token| flows.poll(token, now));
    match granted {
        Some(granted) => HttpResponse::Ok().json(json!({
            "server": terms(&request).shown(LoginUrl::Server, granted.server),
            "loginName": granted.login_name,
            "appPassword": granted.app_password,
        })),
        None => HttpResponse::NotFound().json(json!([])),
    }
}

fn terms(request: &HttpRequest) -> Terms {
    request
        .extensions()
        .get::<Terms>()
        .cloned()
        .unwrap_or_default()
}
