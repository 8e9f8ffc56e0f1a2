//! `GET /about`: whose Drive, how full, and what it can do.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/about>

use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::caller::{Caller, Shared};
use super::mask::Kind;
use super::members::Members;
use super::native::{DOCUMENT, PRESENTATION, SPREADSHEET, export_formats, import_formats};
use super::refusal::Refusal;
use super::resource::user;
use crate::identity::Provider;

/// The largest file that Drive takes: 5 TiB.
const MAX_UPLOAD_BYTES: u64 = 5 << 40;

pub(super) async fn show(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    if !caller.query.iter().any(|(name, _)| name == "fields") {
        let message = "The 'fields' parameter is required for this method.";
        return Err(Refusal::bad_request("required", message));
    }
    let mask = caller.mask(Kind::About)?;
    let mut members = Members::wanted(&mask);
    members.set("kind", || "drive#about");
    members.set("user", || user(caller.person, caller.person));
    members.set("storageQuota", || {
        let (used, trashed) = simulation.drive.world().usage(caller.person);
        let limit = simulation.quotas.limit(Provider::Google, caller.person);
        // Drive writes 64-bit numbers as text.
        json!({
            "limit": limit.to_string(),
            "usage": used.to_string(),
            "usageInDrive": used.to_string(),
            "usageInDriveTrash": trashed.to_string(),
        })
    });
    members.set("importFormats", import_formats);
    members.set("exportFormats", export_formats);
    members.set("maxUploadSize", || MAX_UPLOAD_BYTES.to_string());
    members.set(
        "maxImportSizes",
        || json!({DOCUMENT: "10485760", SPREADSHEET: "104857600", PRESENTATION: "104857600"}),
    );
    members.set("appInstalled", || false);
    members.set("canCreateDrives", || false);
    members.set("canCreateTeamDrives", || false);
    members.set("folderColorPalette", || {
        json!(["#ac725e", "#d06b64", "#0f9d58"])
    });
    members.set("driveThemes", || json!([]));
    members.set("teamDriveThemes", || json!([]));
    Ok(HttpResponse::Ok().json(members.finish()))
}
