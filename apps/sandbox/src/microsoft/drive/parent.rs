//! The folder that a body names, in its `parentReference`.
//! <https://learn.microsoft.com/graph/api/resources/itemreference>

use serde_json::Value;

use super::address::Address;
use super::item::{Id, Item};
use super::plant;
use super::refusal::Refusal;
use super::tree::Drive;

/// The folder; `None` if the body names none.
pub(super) fn folder_in(body: &Value, drive: &mut Drive) -> Result<Option<Id>, Refusal> {
    let text = |name: &str| body.pointer(&format!("/parentReference/{name}"))?.as_str();
    let is_elsewhere = |id: &str| !drive.owner.drive_id.eq_ignore_ascii_case(id);
    if text("driveId").is_some_and(is_elsewhere) {
        let message = "The sandbox does not simulate moves and copies between drives.";
        return Err(Refusal::not_supported(message));
    }
    let folder = match (text("id"), text("path")) {
        (Some("root"), _) => drive.get(drive.root()),
        (Some(id), _) => drive.get(id),
        (None, Some(path)) => Some(by_path(path, drive)?),
        (None, None) => return Ok(None),
    };
    let folder = folder.filter(|item| item.is_folder());
    let folder = folder.ok_or_else(Refusal::not_found)?.id.clone();
    plant::into(drive, &folder);
    Ok(Some(folder))
}

fn by_path<'d>(path: &str, drive: &'d Drive) -> Result<&'d Item, Refusal> {
    let path = path.trim_start_matches('/');
    let path = match path.strip_prefix("drive/") {
        Some(rest) => format!("me/drive/{rest}"),
        None => path.to_owned(),
    };
    let address = Address::parse(&path).and_then(|address| address.item);
    let address = address.ok_or_else(|| Refusal::invalid_request("Invalid parent path."))?;
    drive.find(&address)
}
