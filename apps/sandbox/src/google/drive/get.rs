//! `GET /files/{id}`: a file, or its content with `alt=media`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Caller, Shared};
use super::download;
use super::mask::Kind;
use super::refusal::Refusal;
use super::resource::View;

pub(super) async fn get(
    simulation: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.should_support_all_drives(&simulation);
    if caller.query.get("alt") == Some("media") {
        return download::content(&simulation, &request, &caller, &id);
    }
    caller.should_name_fields(&simulation);
    let mask = caller.mask(Kind::File)?;
    let world = simulation.drive.world();
    let file = world.find(&caller, &id)?;
    let view = View {
        world: &world,
        caller: &caller,
        origin: &simulation.origin,
    };
    Ok(HttpResponse::Ok().json(view.file(file, &mask)))
}
