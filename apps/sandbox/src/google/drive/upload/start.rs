//! `uploadType=resumable`: the request that opens a session.

use std::sync::Mutex;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};

use super::super::caller::Caller;
use super::super::mask::Kind;
use super::super::refusal::Refusal;
use super::Target;
use super::session::{ID, Progress, Session};
use crate::body;
use crate::simulation::Simulation;

pub(super) async fn start(
    simulation: &Simulation,
    request: &HttpRequest,
    caller: Caller,
    target: Target,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let body = body::small(payload).await?;
    let metadata = target.metadata(&body)?;
    let mask = caller.mask(Kind::File)?;
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let declared = match header("X-Upload-Content-Length") {
        None => None,
        Some(text) => {
            let length = text.parse::<u64>();
            Some(length.map_err(|_| Refusal::bad_request("invalid", "Invalid Value"))?)
        }
    };
    {
        let world = simulation.drive.world();
        let size = declared.unwrap_or_default();
        target.check(simulation, &world, &caller, &metadata, size)?;
    }
    let writer = simulation.blobs.writer()?;
    let session = Session {
        target,
        caller,
        metadata,
        media_type: header("X-Upload-Content-Type").map(str::to_owned),
        mask,
        declared,
        began: simulation.clock.now(),
        progress: Mutex::new(Progress::new(writer)),
    };
    let drive = &simulation.drive;
    let id = drive.sessions.open(&drive.random, session);
    let (origin, path) = (&simulation.origin, request.path());
    let location = format!("{origin}{path}?uploadType=resumable&{ID}={id}");
    Ok(HttpResponse::Ok()
        .insert_header((LOCATION, location))
        .insert_header(("X-GUploader-UploadID", id))
        .finish())
}
