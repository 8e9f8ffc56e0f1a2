//! `POST children`: a new folder.
//! <https://learn.microsoft.com/graph/api/driveitem-post-children>

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::answer::Call;
use super::conflict::{ATTRIBUTE, Conflict, Place};
use super::item::Content;
use super::payload;
use super::refusal::Refusal;
use super::select::Select;

pub(super) async fn create(
    call: &Call<'_>,
    body: &mut web::Payload,
) -> Result<HttpResponse, Refusal> {
    let body = payload::json(body).await?;
    let select = Select::of_item(&call.caller)?;
    let name = body.get("name").and_then(Value::as_str);
    let (Some(name), Some(Value::Object(_))) = (name, body.get("folder")) else {
        let message = "A new item needs a name and the folder facet.";
        return Err(Refusal::invalid_request(message));
    };
    let conflict = body.get(ATTRIBUTE).and_then(Value::as_str);
    let conflict = Conflict::parse(conflict, Conflict::Fail)?;
    let mut drives = call.simulation.onedrive.drives(call.simulation);
    let drive = call.drive(&mut drives)?;
    let parent = drive.find(&call.item)?;
    if !parent.is_folder() {
        return Err(Refusal::invalid_request("The parent is not a folder."));
    }
    let parent = parent.id.clone();
    let id = match conflict.place(drive, &parent, name, true, None)? {
        Place::Free(name) => {
            let now = call.simulation.clock.now();
            drive.insert(&parent, &name, Content::Folder { size: 0 }, now)
        }
        // A folder takes the other's place by being it.
        Place::Taken(id) => id,
    };
    let item = drive.get(&id).ok_or_else(Refusal::not_found)?;
    Ok(call.item_answer(StatusCode::CREATED, drive, item, &select))
}
