//! Who answers which request below `/v1.0/`.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use super::address::{Address, ItemAddress};
use super::caller::Caller;
use super::refusal::Refusal;
use super::state::Drives;
use super::tree::Drive;
use super::{
    children, content, copy, create_folder, delete, delta, drives, get, plant, put, update, upload,
};
use crate::body;
use crate::fault::Terms;
use crate::simulation::Simulation;

/// A request to an item of a drive.
pub(super) struct Call<'r> {
    pub(super) simulation: &'r Simulation,
    pub(super) request: &'r HttpRequest,
    pub(super) caller: Caller,
    /// `None` is the caller's own.
    drive_id: Option<String>,
    pub(super) item: ItemAddress,
}

impl Call<'_> {
    /// The drive that it is about, with everything planted on the way to its item.
    pub(super) fn drive<'d>(&self, drives: &'d mut Drives) -> Result<&'d mut Drive, Refusal> {
        let drive = drives.find(&self.caller, self.drive_id.as_deref())?;
        plant::along(drive, &self.item);
        Ok(drive)
    }
}

/// Any method.
pub(super) async fn answer(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    mut payload: web::Payload,
    terms: web::ReqData<Terms>,
) -> HttpResponse {
    let outcome = dispatch(&simulation, &request, &mut payload, *terms).await;
    // Whatever a handler had no use for.
    body::drain(&mut payload).await;
    outcome.unwrap_or_else(|refusal| refusal.send(&simulation))
}

async fn dispatch(
    simulation: &Simulation,
    request: &HttpRequest,
    body: &mut web::Payload,
    terms: Terms,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(simulation, request)?;
    let path = request.path().strip_prefix("/v1.0/").unwrap_or_default();
    let Some(address) = Address::parse(path) else {
        return Err(Refusal::no_segment(path));
    };
    let Address {
        drive,
        item,
        action,
    } = address;
    let is_get = request.method() == Method::GET;
    let Some(item) = item else {
        return if is_get {
            drives::show(simulation, &caller, drive.as_deref())
        } else {
            Err(Refusal::method_not_allowed())
        };
    };
    if !is_get {
        caller.check_may_write()?;
    }
    let call = Call {
        simulation,
        request,
        caller,
        drive_id: drive,
        item,
    };
    // Actions may be written with their namespace.
    let action = action.strip_prefix("microsoft.graph.").unwrap_or(&action);
    match (request.method().as_str(), action) {
        ("GET", "") => get::get(&call),
        ("PATCH", "") => update::update(&call, body).await,
        ("DELETE", "") => delete::recycle(&call),
        ("POST", "permanentDelete") => delete::permanently(&call),
        ("GET", "children") => children::list(&call),
        ("POST", "children") => create_folder::create(&call, body).await,
        ("GET", "content") => content::redirect(&call),
        ("PUT", "content") => put::put(&call, body, terms.corruption).await,
        ("POST", "createUploadSession") => upload::start(&call, body).await,
        ("POST", "copy") => copy::copy(&call, body).await,
        ("GET", action) if delta::is_meant(action) => delta::list(&call, action),
        (_, "" | "children" | "content" | "createUploadSession" | "copy" | "permanentDelete") => {
            Err(Refusal::method_not_allowed())
        }
        _ => Err(Refusal::no_segment(action)),
    }
}
