//! A drive and an item as clients see them.
//! <https://learn.microsoft.com/graph/api/resources/drive>,
//! <https://learn.microsoft.com/graph/api/resources/driveitem>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::changes::Gone;
use super::item::Item;
use super::kind::Kind;
use super::select::{DOWNLOAD_URL, Members, Select};
use super::state::MOST_DIGESTED_BYTES;
use super::time::written;
use super::tree::Drive;
use super::{DOWNLOAD, download};
use crate::blob::Blob;
use crate::hex::hex;
use crate::simulation::Simulation;

/// What is encoded in the paths that Graph tells.
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A view of a drive, from where the client is.
#[derive(Clone, Copy)]
pub(super) struct View<'v> {
    pub(super) simulation: &'v Simulation,
    pub(super) drive: &'v Drive,
    pub(super) origin: &'v str,
}

impl View<'_> {
    /// Of the drive, what is wanted.
    pub(super) fn drive(self, select: &Select) -> Value {
        let (drive, owner) = (self.drive, self.drive.owner);
        let mut members = Members::wanted(select);
        members.set("id", || owner.drive_id);
        members.set("driveType", || drive.kind.name());
        members.set("name", || "OneDrive");
        members.set("createdDateTime", || written(drive.created));
        members.set("webUrl", || web_url(drive, &[]));
        members.set("owner", || self.owner());
        members.set("quota", || self.quota());
        members.finish()
    }

    /// Of an item, what is wanted.
    pub(super) fn item(self, item: &Item, select: &Select) -> Value {
        let drive = self.drive;
        let drive_id = drive.owner.drive_id;
        let mut members = Members::wanted(select);
        if drive.kind == Kind::Business {
            members.annotate("@odata.etag", drive.kind.e_tag(drive_id, item));
        }
        members.set_some(DOWNLOAD_URL, || {
            item.blob().map(|_| self.download_url(item))
        });
        members.set("id", || &*item.id);
        members.set("name", || &*item.name);
        members.set("size", || item.size());
        members.set("eTag", || drive.kind.e_tag(drive_id, item));
        members.set("cTag", || drive.kind.c_tag(drive_id, item));
        members.set("createdDateTime", || written(item.created));
        members.set("lastModifiedDateTime", || written(item.modified));
        members.set("createdBy", || self.owner());
        members.set("lastModifiedBy", || self.owner());
        members.set("webUrl", || web_url(drive, &drive.path(item)));
        members.set("parentReference", || self.parent_reference(item));
        members.set("fileSystemInfo", || {
            json!({
                "createdDateTime": written(item.created),
                "lastModifiedDateTime": written(item.modified),
            })
        });
        members.set_some("file", || {
            let blob = item.blob()?;
            let hashes = hashes(drive.kind, blob);
            Some(json!({"mimeType": media_type(&item.name), "hashes": hashes}))
        });
        members.set_some("folder", || {
            let count = drive.child_count(&item.id);
            item.is_folder().then(|| json!({"childCount": count}))
        });
        members.set_some("root", || item.parent.is_none().then(|| json!({})));
        members.finish()
    }

    /// An item that is no more.
    pub(super) fn gone(self, gone: &Gone) -> Value {
        let facet = if gone.is_folder { "folder" } else { "file" };
        json!({
            "id": &*gone.id,
            "name": gone.name,
            facet: {},
            "parentReference": {
                "driveType": self.drive.kind.name(),
                "driveId": self.drive.owner.drive_id,
                "id": gone.parent.as_deref(),
            },
            "deleted": {"state": "deleted"},
        })
    }

    /// Where an item's content can be had without a token, for a few minutes.
    pub(super) fn download_url(self, item: &Item) -> String {
        let now = self.simulation.clock.now();
        let links = &self.simulation.onedrive.links;
        let secret = links.issue(self.drive.owner.drive_id, &item.id, now);
        format!("{}{DOWNLOAD}?{}={secret}", self.origin, download::SECRET)
    }

    fn owner(self) -> Value {
        let owner = self.drive.owner;
        let mut user = json!({"id": owner.graph_id, "displayName": owner.name});
        if let (Some(mail), Some(members)) = (owner.mail, user.as_object_mut()) {
            members.insert("email".to_owned(), mail.into());
        }
        json!({"user": user})
    }

    fn quota(self) -> Value {
        let total = self.drive.limit(self.simulation);
        let used = self.drive.used();
        let remaining = total.saturating_sub(used);
        let state = match remaining {
            0 => "exceeded",
            remaining if remaining < total / 100 => "critical",
            remaining if remaining < total / 10 => "nearing",
            _ => "normal",
        };
        json!({
            "total": total,
            "used": used,
            "remaining": remaining,
            "deleted": self.drive.bin.size(),
            "state": state,
        })
    }

    fn parent_reference(self, item: &Item) -> Value {
        let drive = self.drive;
        let mut reference = json!({
            "driveType": drive.kind.name(),
            "driveId": drive.owner.drive_id,
        });
        let parent = item.parent.as_ref().and_then(|id| drive.get(id));
        if let (Some(parent), Some(members)) = (parent, reference.as_object_mut()) {
            members.insert("id".to_owned(), (&*parent.id).into());
            members.insert("name".to_owned(), (&*parent.name).into());
            members.insert("path".to_owned(), path_of(drive, parent).into());
        }
        reference
    }
}

/// The path of a folder, as references have it.
fn path_of(drive: &Drive, folder: &Item) -> String {
    let start = match drive.kind {
        Kind::Personal => "/drive/root:".to_owned(),
        Kind::Business => format!("/drives/{}/root:", drive.owner.drive_id),
    };
    let names = drive.path(folder).into_iter();
    names.fold(start, |path, name| format!("{path}/{}", encoded(name)))
}

fn web_url(drive: &Drive, names: &[&str]) -> String {
    let start = match drive.kind {
        Kind::Personal => format!("https://onedrive.example/{}", drive.owner.drive_id),
        Kind::Business => {
            let owner = drive.owner.email.replace(['@', '.'], "_");
            format!("https://sharepoint.example/personal/{owner}/Documents")
        }
    };
    let names = names.iter();
    names.fold(start, |url, name| format!("{url}/{}", encoded(name)))
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, IN_PATHS).to_string()
}

/// The digests of a content that its kind of drive has. One that cannot be read has none; whoever
/// downloads it will be told.
fn hashes(kind: Kind, blob: &Blob) -> Value {
    let Some(digests) = blob.digests_within(MOST_DIGESTED_BYTES).ok().flatten() else {
        return json!({});
    };
    let quick_xor = STANDARD.encode(digests.quick_xor);
    match kind {
        Kind::Business => json!({"quickXorHash": quick_xor}),
        Kind::Personal => json!({
            "quickXorHash": quick_xor,
            "sha1Hash": hex(&digests.sha1).to_uppercase(),
            "sha256Hash": hex(&digests.sha256).to_uppercase(),
        }),
    }
}

/// What OneDrive makes of the end of a name.
pub(super) fn media_type(name: &str) -> &'static str {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase());
    match ending.as_deref() {
        Some("txt") => "text/plain",
        Some("csv") => "text/csv",
        Some("html") => "text/html",
        Some("pdf") => "application/pdf",
        Some("svg") => "image/svg+xml",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}
