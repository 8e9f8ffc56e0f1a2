//! `/upload/drive/v3/files`: contents on their way to Drive, in each of its three protocols.
//! <https://developers.google.com/workspace/drive/api/guides/manage-uploads>

mod chunk;
mod intake;
mod multipart;
mod related;
mod session;
mod sessions;
mod simple;
mod start;

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Caller, Shared};
use super::create::{self, Upload};
use super::error;
use super::ids::Id;
use super::mask::Mask;
use super::metadata::Metadata;
use super::refusal::Refusal;
use super::resource::View;
use super::update;
use super::world::World;
use crate::body;
use crate::fault::Terms;
use crate::identity::Parameters;
use crate::simulation::Simulation;

pub(super) use sessions::Sessions;

/// What the other two protocols are for.
const MOST_AT_ONCE_BYTES: u64 = 5 * 1024 * 1024;

/// The file that an upload is for.
enum Target {
    New,
    Known(String),
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/files")
                .route(web::post().to(to_new))
                .route(web::put().to(to_session))
                .route(web::delete().to(chunk::cancel)),
        )
        .service(
            web::resource("/files/{id}")
                .route(web::patch().to(to_known))
                .route(web::post().to(to_session))
                .route(web::put().to(to_session))
                .route(web::delete().to(chunk::cancel)),
        )
        .default_service(web::to(error::not_found));
}

/// `POST`: a new file, or a chunk as some clients send it.
async fn to_new(
    simulation: Shared,
    request: HttpRequest,
    payload: web::Payload,
    terms: web::ReqData<Terms>,
) -> Result<HttpResponse, Refusal> {
    if session::id(&request).is_some() {
        return to_session(simulation, request, payload, terms).await;
    }
    begin(&simulation, &request, Target::New, payload, *terms).await
}

/// `PATCH`: another content for a file.
async fn to_known(
    simulation: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
    terms: web::ReqData<Terms>,
) -> Result<HttpResponse, Refusal> {
    let target = Target::Known(id.into_inner());
    begin(&simulation, &request, target, payload, *terms).await
}

/// `PUT`, or `POST` with a session: a chunk, or the question how much has arrived.
async fn to_session(
    simulation: Shared,
    request: HttpRequest,
    payload: web::Payload,
    terms: web::ReqData<Terms>,
) -> Result<HttpResponse, Refusal> {
    chunk::take(&simulation, &request, payload, *terms).await
}

async fn begin(
    simulation: &Simulation,
    request: &HttpRequest,
    target: Target,
    payload: web::Payload,
    terms: Terms,
) -> Result<HttpResponse, Refusal> {
    let caller = match Caller::writing(simulation, request) {
        Ok(caller) => caller,
        Err(refusal) => {
            body::drain(payload).await;
            return Err(refusal);
        }
    };
    caller.should_support_all_drives(simulation);
    caller.should_name_fields(simulation);
    let query = Parameters::parse(request.query_string().as_bytes());
    match query.get("uploadType") {
        Some("media") => simple::take(simulation, request, caller, target, payload, terms).await,
        Some("multipart") => {
            multipart::take(simulation, request, caller, target, payload, terms).await
        }
        Some("resumable") => start::start(simulation, request, caller, target, payload).await,
        _ => {
            body::drain(payload).await;
            Err(Refusal::invalid_value("uploadType"))
        }
    }
}

impl Target {
    /// What a client says of the file; what it may say depends on whether it is there.
    fn metadata(&self, body: &[u8]) -> Result<Metadata, Refusal> {
        match self {
            Self::New => Metadata::parse(body),
            Self::Known(_) => Metadata::parse_change(body),
        }
    }

    /// Refuses an upload that would be refused at its end, before its bytes are sent.
    fn check(
        &self,
        simulation: &Simulation,
        world: &World,
        caller: &Caller,
        metadata: &Metadata,
        size: u64,
    ) -> Result<(), Refusal> {
        match self {
            Self::New => create::check(simulation, world, caller, metadata, size).map(drop),
            Self::Known(id) => update::check(simulation, world, caller, id, true, size),
        }
    }

    /// Makes the file or changes it, and answers with what of it is wanted.
    fn complete(
        &self,
        simulation: &Simulation,
        caller: &Caller,
        metadata: &Metadata,
        upload: Upload,
        mask: &Mask,
    ) -> Result<serde_json::Value, Refusal> {
        let mut world = simulation.drive.world();
        let upload = Some(upload);
        let id: Id = match self {
            Self::New => create::create(simulation, &mut world, caller, metadata, upload)?,
            Self::Known(id) => {
                update::update(simulation, &mut world, caller, id, metadata, upload)?
            }
        };
        let view = View {
            world: &world,
            caller,
            origin: &simulation.origin,
        };
        Ok(view.file(world.find(caller, &id)?, mask))
    }
}

/// Notes a content that should have come in a resumable upload.
fn should_fit_at_once(simulation: &Simulation, caller: &Caller, size: u64) {
    if size > MOST_AT_ONCE_BYTES {
        caller.warn(simulation, "more than 5 MB without a resumable upload");
    }
}
