//! `GET content`: where a file's bytes are.
//! <https://learn.microsoft.com/graph/api/driveitem-get-content>

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

use super::answer::Call;
use super::get::tags;
use super::refusal::Refusal;
use super::resource::View;

pub(super) fn redirect(call: &Call<'_>) -> Result<HttpResponse, Refusal> {
    let mut drives = call.simulation.onedrive.drives(call.simulation);
    let drive = call.drive(&mut drives)?;
    let item = drive.find(&call.item)?;
    if item.is_folder() {
        return Err(Refusal::invalid_request("A folder has no content."));
    }
    if call.caller.has_already(&tags(drive, item)) {
        return Ok(HttpResponse::NotModified().finish());
    }
    let view = View {
        simulation: call.simulation,
        drive,
        origin: &call.caller.origin,
    };
    Ok(HttpResponse::Found()
        .insert_header((LOCATION, view.download_url(item)))
        .finish())
}
