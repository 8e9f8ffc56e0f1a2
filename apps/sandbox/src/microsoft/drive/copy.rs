//! `POST copy`: a copy that OneDrive makes after it has answered.
//! <https://learn.microsoft.com/graph/api/driveitem-copy>

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::answer::Call;
use super::conflict::{ATTRIBUTE, Conflict};
use super::copies::Copy;
use super::parent::folder_in;
use super::refusal::Refusal;
use super::{MONITOR, monitor, payload, plant};

pub(super) async fn copy(
    call: &Call<'_>,
    body: &mut web::Payload,
) -> Result<HttpResponse, Refusal> {
    let body = payload::json(body).await?;
    let (simulation, caller) = (call.simulation, &call.caller);
    let conflict = Conflict::parse(caller.query.get(ATTRIBUTE), Conflict::Fail)?;
    let mut drives = simulation.onedrive.drives(simulation);
    let drive = call.drive(&mut drives)?;
    plant::rest(drive);
    let named = folder_in(&body, drive)?;
    let item = drive.find(&call.item)?;
    let parent = item.parent.clone().ok_or_else(|| {
        let message = "The top folder cannot be copied.";
        Refusal::invalid_request(message)
    })?;
    let folder = named.unwrap_or(parent);
    let around = drive.get(&folder).ok_or_else(Refusal::not_found)?;
    if drive.upwards(around).any(|around| around.id == item.id) {
        let message = "An item cannot be copied into itself.";
        return Err(Refusal::invalid_request(message));
    }
    let name = body.get("name").and_then(Value::as_str);
    let name = name.unwrap_or(&item.name);
    // Refused at once, if it is plain already.
    conflict.place(drive, &folder, name, item.is_folder(), None)?;
    let copy = Copy {
        source: item.id.clone(),
        folder,
        name: name.to_owned(),
        conflict,
        ordered: simulation.clock.now(),
        is_looked_at: false,
        outcome: None,
    };
    let job = simulation.onedrive.random.text("", 32);
    let location = format!("{}{MONITOR}?{}={job}", caller.origin, monitor::JOB);
    drive.copies.begin(job, copy);
    Ok(HttpResponse::Accepted()
        .insert_header((LOCATION, location))
        .finish())
}
