//! What the caller may do with a file, as clients are told.

use serde_json::{Value, json};

use super::super::file::{Content, File};
use super::super::native;
use super::super::shared_drive::Role;
use super::super::world::World;

/// The capabilities of somebody with this role.
pub(super) fn capabilities(world: &World, file: &File, role: Role) -> Value {
    let is_top = file.parent.is_none();
    let is_folder = file.is_folder();
    let is_bytes = matches!(file.content, Content::Bytes { .. });
    let is_downloadable = is_bytes || !native::formats(&file.mime_type).is_empty();
    let may_write = role >= Role::Writer;
    let may_own = role >= Role::Owner;
    let (may_change, may_remove) = (may_write && !is_top, may_own && !is_top);
    json!({
        "canAddChildren": is_folder && may_write,
        "canAddMyDriveParent": false,
        "canChangeCopyRequiresWriterPermission": may_own,
        "canComment": may_write,
        "canCopy": !is_folder,
        "canDelete": may_remove,
        "canDeleteChildren": is_folder && may_own && file.drive_id().is_some(),
        "canDownload": is_downloadable,
        "canEdit": may_write,
        "canListChildren": is_folder,
        "canModifyContent": may_write,
        "canMoveChildrenWithinDrive": is_folder && may_write,
        "canMoveItemOutOfDrive": may_remove,
        "canMoveItemWithinDrive": may_change,
        "canReadRevisions": is_bytes,
        "canRemoveChildren": is_folder && may_write,
        "canRename": may_change,
        "canShare": may_own,
        "canTrash": may_remove,
        "canTrashChildren": is_folder && may_own && file.drive_id().is_some(),
        "canUntrash": may_remove && world.is_trashed(file),
    })
}
