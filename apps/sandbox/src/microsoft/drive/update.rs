//! `PATCH` of an item: another name, another place.
//! <https://learn.microsoft.com/graph/api/driveitem-update>,
//! <https://learn.microsoft.com/graph/api/driveitem-move>

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::answer::Call;
use super::conflict::{ATTRIBUTE, Conflict, Place};
use super::parent::folder_in;
use super::payload;
use super::refusal::Refusal;
use super::select::Select;

pub(super) async fn update(
    call: &Call<'_>,
    body: &mut web::Payload,
) -> Result<HttpResponse, Refusal> {
    let body = payload::json(body).await?;
    let select = Select::of_item(&call.caller)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let conflict = Conflict::parse(text(ATTRIBUTE), Conflict::Fail)?;
    let now = call.simulation.clock.now();
    let mut drives = call.simulation.onedrive.drives(call.simulation);
    let drive = call.drive(&mut drives)?;
    let item = drive.find(&call.item)?;
    call.check_if_match(drive, item)?;
    let Some(old_parent) = item.parent.clone() else {
        return Err(Refusal::invalid_request(
            "The top folder cannot be changed.",
        ));
    };
    let (id, old_name, is_folder) = (item.id.clone(), item.name.clone(), item.is_folder());
    let parent = folder_in(&body, drive)?.unwrap_or_else(|| old_parent.clone());
    let folder = drive.get(&parent).ok_or_else(Refusal::not_found)?;
    if drive.upwards(folder).any(|around| around.id == id) {
        let message = "An item cannot be moved into itself.";
        return Err(Refusal::invalid_request(message));
    }
    let name = text("name").unwrap_or(&old_name);
    if (&parent, name) != (&old_parent, &old_name) {
        let name = match conflict.place(drive, &parent, name, is_folder, Some(&id))? {
            Place::Free(name) => name,
            Place::Taken(other) => {
                drive.remove(&other);
                name.to_owned()
            }
        };
        drive.move_to(&id, &parent, &name, now);
    }
    let item = drive.get(&id).ok_or_else(Refusal::not_found)?;
    Ok(call.item_answer(StatusCode::OK, drive, item, &select))
}
