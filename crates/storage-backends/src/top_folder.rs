//! The folder that all others lie in. It knows no storage.

use wharf_domain::item::{Item, ItemId, ItemKind};

/// A top folder. Nothing is told of it but that it is there.
pub(crate) fn top_folder(id: ItemId, name: String) -> Item {
    Item {
        id,
        name,
        kind: ItemKind::Folder,
        size_bytes: None,
        modified_at: None,
        etag: None,
        content_type: None,
        export_formats: Vec::new(),
    }
}
