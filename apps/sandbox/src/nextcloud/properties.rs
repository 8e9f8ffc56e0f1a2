//! The properties of a user's files and folders.

use super::home::State;
use super::multistatus::{COLLECTION, DAV, NEXTCLOUD, OWNCLOUD, date};
use super::node::Node;
use super::numbers::qualified;
use super::xml;

/// The user may read, delete, rename, move and write it.
const FILE_PERMISSIONS: &str = "RGDNVW";
/// The user may read, delete, rename and move it, and make files and folders in it.
const FOLDER_PERMISSIONS: &str = "RGDNVCK";

/// A property of a node, as the content of its element; `None` where there is no such.
pub(super) fn value(state: &State, node: &Node, namespace: &str, local: &str) -> Option<String> {
    match namespace {
        DAV => dav(state, node, local),
        OWNCLOUD => owncloud(state, node, local),
        NEXTCLOUD => nextcloud(state, node, local),
        _ => None,
    }
}

fn dav(state: &State, node: &Node, local: &str) -> Option<String> {
    let content = node.content();
    let folder = node.is_folder().then_some(node);
    Some(match local {
        "displayname" => xml::escaped(&node.name),
        "getlastmodified" => date(node.modified),
        "getetag" => xml::escaped(&format!("\"{}\"", node.etag)),
        "resourcetype" => folder.map_or("", |_| COLLECTION).to_owned(),
        "getcontentlength" => content?.blob.size().to_string(),
        "getcontenttype" => {
            content?;
            media_type(&node.name).to_owned()
        }
        "quota-used-bytes" => state.tree.bytes(folder?).to_string(),
        "quota-available-bytes" => {
            folder?;
            state.quota.available(state.tree.all_bytes()).to_string()
        }
        _ => return None,
    })
}

fn owncloud(state: &State, node: &Node, local: &str) -> Option<String> {
    Some(match local {
        "fileid" => node.id.to_string(),
        "id" => qualified(node.id),
        "permissions" if node.is_folder() => FOLDER_PERMISSIONS.to_owned(),
        "permissions" => FILE_PERMISSIONS.to_owned(),
        "size" => state.tree.bytes(node).to_string(),
        "checksums" => {
            let checksum = node.content()?.checksum.as_deref()?;
            format!("<oc:checksum>{}</oc:checksum>", xml::escaped(checksum))
        }
        "favorite" => "0".to_owned(),
        _ => return None,
    })
}

fn nextcloud(state: &State, node: &Node, local: &str) -> Option<String> {
    let count = |counts_folders: bool| {
        let children = state.tree.children(node);
        let counted = children.filter(|child| child.is_folder() == counts_folders);
        node.is_folder().then(|| counted.count().to_string())
    };
    match local {
        "has-preview" => Some("false".to_owned()),
        "contained-folder-count" => count(true),
        "contained-file-count" => count(false),
        _ => None,
    }
}

/// Nextcloud goes by the name alone.
pub(super) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("txt") => "text/plain",
        Some("csv") => "text/csv",
        Some("svg") => "image/svg+xml",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
