//! Drive's `about`: whose Drive, and how full.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/about>

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::error::{api_error, unauthorized};
use super::scope;
use crate::identity::{Parameters, Person, Provider, bearer};
use crate::simulation::Simulation;

/// `GET`: of the resource, what `fields` names.
pub(super) async fn show(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let now = simulation.clock.now();
    let known = bearer(request.headers())
        .and_then(|token| simulation.grants.bearer(Provider::Google, token, now));
    let Some((person, scopes)) = known else {
        return unauthorized();
    };
    if !scopes.iter().any(|scope| scope::is_drive(scope)) {
        let message = "Insufficient Permission: Request had insufficient authentication scopes.";
        return api_error(StatusCode::FORBIDDEN, "insufficientPermissions", message);
    }
    let query = Parameters::parse(request.query_string().as_bytes());
    let Some(fields) = query.get("fields") else {
        let message = "The 'fields' parameter is required for this method.";
        return api_error(StatusCode::BAD_REQUEST, "required", message);
    };
    HttpResponse::Ok().json(selected(about(person), fields))
}

fn about(person: &Person) -> Map<String, Value> {
    let user = json!({
        "kind": "drive#user",
        "displayName": person.name,
        "me": true,
        "permissionId": person.google_id,
        "emailAddress": person.email,
    });
    // Drive writes 64-bit numbers as text.
    let quota = json!({
        "limit": "16106127360",
        "usage": "1048576",
        "usageInDrive": "1048576",
        "usageInDriveTrash": "0",
    });
    let members = [
        ("kind", "drive#about".into()),
        ("user", user),
        ("storageQuota", quota),
        ("importFormats", json!({})),
        ("exportFormats", json!({})),
    ];
    members
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// The members that `fields` names, each whole: the original would look into parentheses too.
fn selected(mut about: Map<String, Value>, fields: &str) -> Map<String, Value> {
    let names: Vec<&str> = fields.split(['(', ')', ',', '/']).map(str::trim).collect();
    about.retain(|name, _| names.contains(&"*") || names.contains(&&**name));
    about
}
