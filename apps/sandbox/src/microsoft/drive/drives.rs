//! Drives: whose, of which kind, and how full.
//! <https://learn.microsoft.com/graph/api/drive-get>, <https://learn.microsoft.com/graph/api/drive-list>

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::caller::Caller;
use super::refusal::Refusal;
use super::resource::View;
use super::select::Select;
use crate::simulation::Simulation;

/// `GET me/drive`, `GET drives/{id}`: one of them.
pub(super) fn show(
    simulation: &Simulation,
    caller: &Caller,
    id: Option<&str>,
) -> Result<HttpResponse, Refusal> {
    let mut drive = resource(simulation, caller, id)?;
    let context = format!("{}/v1.0/$metadata#drives/$entity", caller.origin);
    if let Some(members) = drive.as_object_mut() {
        members.insert("@odata.context".to_owned(), context.into());
    }
    Ok(HttpResponse::Ok().json(drive))
}

/// `GET drives`, `GET me/drives`: those that a person has, which is one.
pub(super) async fn list(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let caller = Caller::of(&simulation, &request);
    let answer = caller.and_then(|caller| {
        let drive = resource(&simulation, &caller, None)?;
        Ok(HttpResponse::Ok().json(json!({
            "@odata.context": format!("{}/v1.0/$metadata#drives", caller.origin),
            "value": [drive],
        })))
    });
    answer.unwrap_or_else(|refusal| refusal.send(&simulation))
}

fn resource(simulation: &Simulation, caller: &Caller, id: Option<&str>) -> Result<Value, Refusal> {
    let select = Select::of_drive(caller)?;
    let mut drives = simulation.onedrive.drives(simulation);
    let drive = drives.find(caller, id)?;
    let view = View {
        simulation,
        drive,
        origin: &caller.origin,
    };
    Ok(view.drive(&select))
}
