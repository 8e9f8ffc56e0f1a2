//! Upload sessions: files in several requests, to an address that needs no access token.
//! <https://learn.microsoft.com/graph/api/driveitem-createuploadsession>

mod fragment;
mod session;
mod sessions;
mod start;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::download::refuse_token;
use super::refusal::Refusal;
use crate::body;
use crate::fault::Terms;
use crate::identity::Parameters;
use crate::simulation::Simulation;

use session::Session;

pub(super) use sessions::Sessions;
pub(super) use start::start;

/// The parameter that names a session. Who knows it may upload.
pub(super) const SESSION: &str = "session";

/// `PUT`: some bytes.
pub(super) async fn fragment(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    mut payload: web::Payload,
    terms: web::ReqData<Terms>,
) -> HttpResponse {
    let outcome = match find(&simulation, &request, *terms) {
        Ok((_, session)) => {
            fragment::take(&simulation, &request, &session, &mut payload, *terms).await
        }
        Err(refusal) => Err(refusal),
    };
    body::drain(&mut payload).await;
    outcome.unwrap_or_else(|refusal| refusal.send(&simulation))
}

/// `GET`: how much has arrived.
pub(super) async fn status(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    terms: web::ReqData<Terms>,
) -> HttpResponse {
    match find(&simulation, &request, *terms) {
        Ok((_, session)) => HttpResponse::Ok().json(session.progress().shown()),
        Err(refusal) => refusal.send(&simulation),
    }
}

/// `DELETE`: the client gives the upload up.
pub(super) async fn cancel(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    terms: web::ReqData<Terms>,
) -> HttpResponse {
    match find(&simulation, &request, *terms) {
        Ok((id, _)) => {
            simulation.onedrive.sessions.end(&id);
            HttpResponse::NoContent().finish()
        }
        Err(refusal) => refusal.send(&simulation),
    }
}

/// The session that a request names.
fn find(
    simulation: &Simulation,
    request: &HttpRequest,
    terms: Terms,
) -> Result<(String, Arc<Session>), Refusal> {
    refuse_token(simulation, request, "upload")?;
    let query = Parameters::parse(request.query_string().as_bytes());
    let id = query.get(SESSION).unwrap_or_default().to_owned();
    let sessions = &simulation.onedrive.sessions;
    if terms.upload_expired {
        sessions.end(&id);
    }
    let session = sessions.find(&id, simulation.clock.now());
    let session = session.ok_or_else(Refusal::no_session)?;
    Ok((id, session))
}
