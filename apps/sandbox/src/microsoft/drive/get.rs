//! `GET` of an item: what there is to know about it.
//! <https://learn.microsoft.com/graph/api/driveitem-get>

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::Value;

use super::answer::Call;
use super::item::Item;
use super::refusal::Refusal;
use super::resource::View;
use super::select::Select;
use super::tree::Drive;

pub(super) fn get(call: &Call<'_>) -> Result<HttpResponse, Refusal> {
    let select = Select::of_item(&call.caller)?;
    let mut drives = call.simulation.onedrive.drives(call.simulation);
    let drive = call.drive(&mut drives)?;
    let item = drive.find(&call.item)?;
    if call.caller.has_already(&tags(drive, item)) {
        return Ok(HttpResponse::NotModified().finish());
    }
    Ok(call.item_answer(StatusCode::OK, drive, item, &select))
}

/// The tags of an item: that of its version, and that of its content.
pub(super) fn tags(drive: &Drive, item: &Item) -> [String; 2] {
    let (kind, drive_id) = (drive.kind, drive.owner.drive_id);
    [kind.e_tag(drive_id, item), kind.c_tag(drive_id, item)]
}

impl Call<'_> {
    /// An answer that is an item.
    pub(super) fn item_answer(
        &self,
        status: StatusCode,
        drive: &Drive,
        item: &Item,
        select: &Select,
    ) -> HttpResponse {
        HttpResponse::build(status).json(self.item(drive, item, select))
    }

    fn item(&self, drive: &Drive, item: &Item, select: &Select) -> Value {
        let view = View {
            simulation: self.simulation,
            drive,
            origin: &self.caller.origin,
        };
        let mut resource = view.item(item, select);
        let (origin, id) = (&self.caller.origin, drive.owner.drive_id);
        let context = format!("{origin}/v1.0/$metadata#drives('{id}')/items/$entity");
        if let Some(members) = resource.as_object_mut() {
            members.insert("@odata.context".to_owned(), context.into());
        }
        resource
    }

    /// Refuses a change of another version of an item than the client names.
    pub(super) fn check_if_match(&self, drive: &Drive, item: &Item) -> Result<(), Refusal> {
        self.caller.check_if_match(&tags(drive, item))
    }
}
