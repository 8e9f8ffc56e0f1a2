//! The Open Collaboration Services: `/ocs/v1.php/…` and `/ocs/v2.php/…`, which differ in the status that
//! they answer with, in JSON or XML.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-api-overview.html>

use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::authentication::{self, Refused};
use super::user::Proof;
use super::{capabilities, person, xml};
use crate::identity::Parameters;
use crate::simulation::Simulation;

/// OCS's own number for missing or wrong credentials.
const UNAUTHORISED: u16 = 997;

/// An answer before it is put into its envelope.
struct Reply {
    status: StatusCode,
    message: String,
    data: Value,
}

/// Answers a request to either version.
pub(super) async fn handle(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
) -> HttpResponse {
    let asks_by_api = request.headers().get("OCS-APIRequest");
    if asks_by_api.is_none_or(|value| value != "true") {
        let message = json!({"message": "CSRF check failed"});
        return HttpResponse::PreconditionFailed().json(message);
    }
    let Some((_, call)) = request.path().split_once(".php/") else {
        return HttpResponse::NotFound().finish();
    };
    let reply = reply(&simulation, &request, call.trim_end_matches('/'));
    reply.send(is_v1(request.path()), wants_json(&request))
}

fn reply(simulation: &Simulation, request: &HttpRequest, call: &str) -> Reply {
    let visitor = match authentication::open(simulation, request) {
        Ok(visitor) => Some(visitor),
        Err(Refused::Missing) => None,
        Err(refused) => return refusal_of(refused),
    };
    match (request.method().as_str(), call, visitor) {
        ("GET", "cloud/capabilities", visitor) => {
            let limits = simulation.nextcloud.limits();
            Reply::ok(capabilities::capabilities(visitor.is_some(), limits))
        }
        (_, _, None) => refusal_of(Refused::Missing),
        ("GET", "cloud/user", Some(visitor)) => Reply::ok(person::describe(&visitor.user)),
        ("DELETE", "core/apppassword", Some(visitor)) => match visitor.proof {
            Proof::AppPassword => {
                let users = &simulation.nextcloud.users;
                users.revoke(&visitor.user.login_name, &visitor.password);
                Reply::ok(json!([]))
            }
            Proof::Password => Reply::refused(StatusCode::FORBIDDEN, "no app password in use"),
        },
        _ => Reply::refused(
            StatusCode::NOT_FOUND,
            "Invalid query, please check the syntax.",
        ),
    }
}

fn refusal_of(refused: Refused) -> Reply {
    match refused.told() {
        (StatusCode::UNAUTHORIZED, _) => {
            Reply::refused(StatusCode::UNAUTHORIZED, "Current user is not logged in")
        }
        (status, message) => Reply::refused(status, message),
    }
}

/// A refusal of a request to this path, in XML.
pub(super) fn refusal(path: &str, status: StatusCode, message: &str) -> HttpResponse {
    Reply::refused(status, message).send(is_v1(path), false)
}

fn is_v1(path: &str) -> bool {
    path.contains("/ocs/v1.php/")
}

/// The parameter decides, or else what the client accepts.
fn wants_json(request: &HttpRequest) -> bool {
    let query = Parameters::parse(request.query_string().as_bytes());
    let accept = request.headers().get(ACCEPT);
    let accept = accept
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    match query.get("format") {
        Some(format) => format == "json",
        None => accept.contains("application/json"),
    }
}

impl Reply {
    fn ok(data: Value) -> Self {
        Self {
            status: StatusCode::OK,
            message: "OK".to_owned(),
            data,
        }
    }

    fn refused(status: StatusCode, message: &str) -> Self {
        Self {
            status,
            message: message.to_owned(),
            data: json!([]),
        }
    }

    /// The answer in its envelope. Version 1 answers 200 to nearly everything and tells the truth inside.
    fn send(self, is_v1: bool, wants_json: bool) -> HttpResponse {
        let is_ok = self.status.is_success();
        let number = match self.status {
            StatusCode::OK if is_v1 => 100,
            StatusCode::UNAUTHORIZED => UNAUTHORISED,
            status => status.as_u16(),
        };
        let status = match self.status {
            StatusCode::FORBIDDEN if is_v1 => StatusCode::UNAUTHORIZED,
            StatusCode::NOT_FOUND if is_v1 => StatusCode::OK,
            status => status,
        };
        let envelope = json!({
            "meta": {
                "status": if is_ok { "ok" } else { "failure" },
                "statuscode": number,
                "message": self.message,
            },
            "data": self.data,
        });
        let mut answer = HttpResponse::build(status);
        if wants_json {
            return answer.json(json!({"ocs": envelope}));
        }
        let body = element("ocs", &envelope);
        answer
            .content_type(xml::CONTENT_TYPE)
            .body(format!("<?xml version=\"1.0\"?>\n{body}\n"))
    }
}

/// A value as an element, as OCS writes JSON's values in XML.
fn element(name: &str, value: &Value) -> String {
    let content = match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => xml::escaped(text),
        Value::Array(values) => values
            .iter()
            .map(|value| element("element", value))
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| element(name, value))
            .collect(),
    };
    match &*content {
        "" => format!("<{name}/>"),
        content => format!("<{name}>{content}</{name}>"),
    }
}
