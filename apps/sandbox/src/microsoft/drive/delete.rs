//! `DELETE` puts an item into the recycle bin; `POST permanentDelete`, which personal accounts do not
//! have, ends it.
//! <https://learn.microsoft.com/graph/api/driveitem-delete>,
//! <https://learn.microsoft.com/graph/api/driveitem-permanentdelete>

use actix_web::HttpResponse;

use super::answer::Call;
use super::kind::Kind;
use super::refusal::Refusal;

/// `DELETE`
pub(super) fn recycle(call: &Call<'_>) -> Result<HttpResponse, Refusal> {
    remove(call, true)
}

/// `POST permanentDelete`
pub(super) fn permanently(call: &Call<'_>) -> Result<HttpResponse, Refusal> {
    remove(call, false)
}

fn remove(call: &Call<'_>, keeps: bool) -> Result<HttpResponse, Refusal> {
    let now = call.simulation.clock.now();
    let mut drives = call.simulation.onedrive.drives(call.simulation);
    let drive = call.drive(&mut drives)?;
    if !keeps && drive.kind == Kind::Personal {
        let message = "permanentDelete is not supported for personal accounts.";
        return Err(Refusal::not_supported(message));
    }
    let item = drive.find(&call.item)?;
    call.check_if_match(drive, item)?;
    if item.parent.is_none() {
        return Err(Refusal::invalid_request(
            "The top folder cannot be deleted.",
        ));
    }
    let id = item.id.clone();
    let removed = drive.remove(&id);
    if keeps && let Some(item) = removed {
        drive.bin.take(&item, now);
    }
    Ok(HttpResponse::NoContent().finish())
}
