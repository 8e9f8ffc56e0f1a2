//! `/index.php/login/v2/flow/<token>`: where a person logs in and decides about an application. The
//! original leads through three pages to that; here it is one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::authentication::{self, Refused};
use super::installation;
use super::login_flow::Granted;
use crate::identity::{Parameters, error_page, escaped, page};
use crate::simulation::Simulation;

/// An app password has the form of five groups of five letters.
const APP_PASSWORD_GROUPS: usize = 5;

/// `GET`: the page, or the answer if a script has decided ahead: `sandbox_decision` is `grant` or
/// `deny`, and `user` the login name of whoever grants.
pub(super) async fn show(
    simulation: web::Data<Simulation>,
    token: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let query = Parameters::parse(request.query_string().as_bytes());
    let Some(client) = simulation
        .nextcloud
        .flows
        .waiting(&token, simulation.clock.now())
    else {
        return invalid();
    };
    let users = &simulation.nextcloud.users;
    match query.get("sandbox_decision") {
        Some("deny") => deny(&simulation, &token),
        Some("grant") => match query.get("user").and_then(|user| users.get(user)) {
            Some(user) => grant(&simulation, &token, &client, &user.login_name, &request),
            None => error_page(StatusCode::FORBIDDEN, "Nextcloud", "There is no such user."),
        },
        _ => form(&client, query.get("user").unwrap_or_default(), ""),
    }
}

/// `POST`: what the page's form says: `user`, `password` and `decision`.
pub(super) async fn decide(
    simulation: web::Data<Simulation>,
    token: web::Path<String>,
    request: HttpRequest,
    said: web::ReqData<Parameters>,
) -> HttpResponse {
    let Some(client) = simulation
        .nextcloud
        .flows
        .waiting(&token, simulation.clock.now())
    else {
        return invalid();
    };
    if said.get("decision") == Some("deny") {
        return deny(&simulation, &token);
    }
    let user = said.get("user").unwrap_or_default();
    let password = said.get("password").unwrap_or_default();
    match authentication::log_in(&simulation, &request, user, password) {
        Ok(_) => grant(&simulation, &token, &client, user, &request),
        Err(Refused::Throttled) => {
            let text = "Too many wrong passwords have come from your address.";
            error_page(StatusCode::TOO_MANY_REQUESTS, "Nextcloud", text)
        }
        Err(_) => form(&client, user, "<p>Wrong login or password.</p>\n"),
    }
}

/// Makes the app password and keeps it for the poll.
fn grant(
    simulation: &Simulation,
    token: &str,
    client: &str,
    login_name: &str,
    request: &HttpRequest,
) -> HttpResponse {
    let nextcloud = &simulation.nextcloud;
    let app_password = fresh_app_password(simulation);
    nextcloud
        .users
        .add_app_password(login_name, &app_password, client);
    let granted = Granted {
        server: installation::url(simulation, request.path()),
        login_name: login_name.to_owned(),
        app_password,
    };
    nextcloud
        .flows
        .grant(token, granted, simulation.clock.now());
    let text = "<h1>Account connected</h1>\n<p>You can close this window.</p>\n";
    page(StatusCode::OK, "Nextcloud", text)
}

/// A password that nobody has yet.
pub(super) fn fresh_app_password(simulation: &Simulation) -> String {
    let group = |_| simulation.random.text("", APP_PASSWORD_GROUPS);
    let groups: Vec<String> = (0..APP_PASSWORD_GROUPS).map(group).collect();
    groups.join("-")
}

fn deny(simulation: &Simulation, token: &str) -> HttpResponse {
    simulation
        .nextcloud
        .flows
        .deny(token, simulation.clock.now());
    page(StatusCode::OK, "Nextcloud", "<h1>Access denied</h1>\n")
}

fn invalid() -> HttpResponse {
    let text = "Your login token is invalid or has expired.";
    error_page(StatusCode::FORBIDDEN, "Access forbidden", text)
}

fn form(client: &str, user: &str, note: &str) -> HttpResponse {
    let (client, user) = (escaped(client), escaped(user));
    let body = format!(
        "<h1>Nextcloud (simulated)</h1>\n{note}\
         <p>You are about to grant {client} access to your account.</p>\n<form method=\"post\">\n\
         <label>Account name <input name=\"user\" value=\"{user}\"></label><br>\n\
         <label>Password <input name=\"password\" type=\"password\"></label><br>\n\
         <button name=\"decision\" value=\"deny\">Cancel</button>\n\
         <button name=\"decision\" value=\"grant\">Grant access</button>\n</form>\n"
    );
    page(StatusCode::OK, "Nextcloud", &body)
}
