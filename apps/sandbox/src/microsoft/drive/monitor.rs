//! How far a copy is, at an address that needs no access token.
//! <https://learn.microsoft.com/graph/long-running-actions-overview>

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::download::refuse_token;
use super::refusal::Refusal;
use crate::identity::Parameters;
use crate::simulation::Simulation;

/// The parameter with the secret name of a copy.
pub(super) const JOB: &str = "job";

/// `GET`
pub(super) async fn show(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let answer = status(&simulation, &request);
    answer.unwrap_or_else(|refusal| refusal.send(&simulation))
}

fn status(simulation: &Simulation, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
    refuse_token(simulation, request, "monitor")?;
    let query = Parameters::parse(request.query_string().as_bytes());
    let job = query.get(JOB).unwrap_or_default();
    let mut drives = simulation.onedrive.drives(simulation);
    let mut copies = drives.0.iter_mut().map(|drive| &mut drive.copies);
    let copy = copies.find_map(|copies| copies.get(job));
    let copy = copy.ok_or_else(Refusal::not_found)?;
    let is_first_look = !std::mem::replace(&mut copy.is_looked_at, true);
    let outcome = copy.outcome.as_ref().filter(|_| !is_first_look);
    Ok(match outcome {
        None => HttpResponse::Accepted().json(json!({
            "operation": "itemCopy",
            "percentageComplete": 27.8,
            "status": "inProgress",
        })),
        Some(Ok(id)) => HttpResponse::Ok().json(json!({
            "operation": "itemCopy",
            "percentageComplete": 100.0,
            "resourceId": &**id,
            "status": "completed",
        })),
        Some(Err(refusal)) => HttpResponse::Ok().json(json!({
            "operation": "itemCopy",
            "status": "failed",
            "error": {"code": refusal.code, "message": refusal.message},
        })),
    })
}
