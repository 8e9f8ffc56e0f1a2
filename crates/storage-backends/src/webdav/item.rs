//! Items as a WebDAV server describes them.

use wharf_domain::item::{Item, ItemKind};

use super::dialect::Dialect;
use super::multistatus::{Properties, Response};
use super::path::ItemPath;

/// The item at this path with these properties.
pub(crate) fn item(path: ItemPath, properties: Properties, dialect: &Dialect) -> Item {
    let kind = properties.kind();
    let is_file = kind == ItemKind::File;
    Item {
        name: path.name().into_owned(),
        id: (dialect.id)(path, properties.file_id),
        kind,
        size_bytes: properties.size_bytes.filter(|_| is_file),
        modified_at: properties.modified_at,
        etag: properties.etag,
        content_type: properties
            .content_type
            .filter(|_| is_file)
            .map(|content_type| content_type.as_str().to_owned()),
        export_formats: Vec::new(),
    }
}

/// A folder of which nothing is known but that it is there.
pub(crate) fn folder(path: ItemPath, dialect: &Dialect) -> Item {
    let properties = Properties {
        is_collection: true,
        ..Properties::default()
    };
    item(path, properties, dialect)
}

impl Properties {
    /// File or folder (RFC 4918, section 15.9).
    pub(crate) const fn kind(&self) -> ItemKind {
        if self.is_collection {
            ItemKind::Folder
        } else {
            ItemKind::File
        }
    }
}

impl Response {
    /// The properties, if the server let us see any.
    pub(crate) fn into_properties(self) -> Option<Properties> {
        match self.status {
            None | Some(200..=299) => self.properties,
            Some(_) => None,
        }
    }
}
