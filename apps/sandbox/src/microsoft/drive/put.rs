//! `PUT content`: a file in one request.
//! <https://learn.microsoft.com/graph/api/driveitem-put-content>

use actix_web::{HttpResponse, web};
use futures_util::StreamExt as _;

use super::answer::Call;
use super::conflict::{ATTRIBUTE, Conflict};
use super::refusal::Refusal;
use super::select::Select;
use super::target::Target;
use super::{office, payload};
use crate::corruption::Corruption;

/// What upload sessions are for.
const MOST_BYTES: u64 = 250 * 1024 * 1024;

pub(super) async fn put(
    call: &Call<'_>,
    body: &mut web::Payload,
    mut corruption: Corruption,
) -> Result<HttpResponse, Refusal> {
    let (simulation, caller) = (call.simulation, &call.caller);
    let select = Select::of_item(caller)?;
    let length = payload::length(call.request.headers())?;
    if length > MOST_BYTES {
        return Err(Refusal::too_large());
    }
    let conflict = Conflict::parse(caller.query.get(ATTRIBUTE), Conflict::Replace)?;
    let target = Target::of(call, conflict)?;
    {
        let mut drives = simulation.onedrive.drives(simulation);
        let drive = call.drive(&mut drives)?;
        target.check(simulation, drive, length)?;
    }
    let mut writer = simulation.blobs.writer()?;
    while let Some(part) = body.next().await {
        let part = part.map_err(|_| Refusal::cut_off())?;
        corruption.write(&mut writer, &part)?;
    }
    if writer.length() < length {
        return Err(Refusal::cut_off());
    }
    let mut drives = simulation.onedrive.drives(simulation);
    let drive = call.drive(&mut drives)?;
    office::rewrite(drive.kind, target.name(drive), &mut writer)?;
    let blob = corruption.finish(writer)?;
    let (id, status) = target.complete(simulation, drive, blob)?;
    let item = drive.get(&id).ok_or_else(Refusal::not_found)?;
    Ok(call.item_answer(status, drive, item, &select))
}
