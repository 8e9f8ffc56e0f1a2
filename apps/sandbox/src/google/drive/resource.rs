//! A file as clients see it.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/files>

mod capabilities;

use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::export;
use super::file::{Content, File};
use super::mask::Mask;
use super::members::Members;
use super::native;
use super::time::written;
use super::world::World;
use crate::blob::{Blob, Digests};
use crate::hex::hex;
use crate::identity::Person;

/// A larger content whose digests nobody has computed yet is shown without: nobody would wait for them.
pub(super) const MOST_DIGESTED_BYTES: u64 = 1 << 30;

/// How many bytes Drive says that a document of its own kind has.
const NATIVE_BYTES: &str = "1024";

/// Whose view of which world it is.
#[derive(Clone, Copy)]
pub(super) struct View<'v> {
    pub(super) world: &'v World,
    pub(super) caller: &'v Caller,
    pub(super) origin: &'v str,
}

impl View<'_> {
    /// Of a file, what is wanted.
    pub(super) fn file(self, file: &File, mask: &Mask) -> Value {
        let mut members = Members::wanted(mask);
        identity(&mut members, file);
        self.place(&mut members, file);
        self.people(&mut members, file);
        self.state(&mut members, file);
        self.content(&mut members, file);
        members.finish()
    }

    fn place(self, members: &mut Members<'_>, file: &File) {
        members.set_some("parents", || {
            let parents = self.world.seen_parents(self.caller, file);
            (!parents.is_empty()).then(|| Value::from_iter(parents.iter().map(|id| &**id)))
        });
        members.set("spaces", || json!(["drive"]));
        members.set_some("driveId", || file.drive_id().map(|id| &**id));
        members.set_some("teamDriveId", || file.drive_id().map(|id| &**id));
        members.set_some("shortcutDetails", || match &file.content {
            Content::Shortcut {
                target,
                target_mime_type,
            } => Some(json!({"targetId": &**target, "targetMimeType": target_mime_type})),
            _ => None,
        });
    }

    fn people(self, members: &mut Members<'_>, file: &File) {
        let me = self.caller.person;
        let role = self.world.role(file, me);
        members.set_some("owners", || Some(json!([user(file.owner()?, me)])));
        members.set_some("ownedByMe", || Some(file.owner()? == me));
        members.set("lastModifyingUser", || user(file.last_modifying, me));
        members.set("modifiedByMe", || file.last_modifying == me);
        members.set_some("shared", || {
            file.owner()?;
            Some(!self.world.shared_with(file).is_empty())
        });
        members.set_some("sharedWithMeTime", || {
            (file.owner()? != me).then(|| written(file.created))
        });
        members.set_some("permissionIds", || {
            let shared = self.world.shared_with(file).into_iter();
            let people = std::iter::once(file.owner()?).chain(shared);
            Some(Value::from_iter(people.map(|person| person.google_id)))
        });
        members.set("isAppAuthorized", || file.is_made_by_app);
        members.set_some("capabilities", || {
            Some(capabilities::capabilities(self.world, file, role?))
        });
    }

    fn state(self, members: &mut Members<'_>, file: &File) {
        members.set("starred", || file.starred);
        members.set("trashed", || self.world.is_trashed(file));
        members.set("explicitlyTrashed", || file.trashed.is_some());
        members.set_some("trashedTime", || file.trashed.map(written));
        members.set("version", || file.version.to_string());
        members.set("createdTime", || written(file.created));
        members.set("modifiedTime", || written(file.modified));
        members.set_some("modifiedByMeTime", || {
            (file.last_modifying == self.caller.person).then(|| written(file.modified))
        });
        members.set_some("description", || file.description.clone());
        members.set_some("properties", || object(&file.properties));
        members.set_some("appProperties", || object(&file.app_properties));
        members.set("copyRequiresWriterPermission", || false);
        members.set("viewersCanCopyContent", || true);
        members.set("writersCanShare", || true);
    }

    fn content(self, members: &mut Members<'_>, file: &File) {
        let is_native = matches!(file.content, Content::Native { .. });
        let size = || match file.blob() {
            Some(blob) => Some(blob.size().to_string()),
            None => is_native.then(|| NATIVE_BYTES.to_owned()),
        };
        members.set_some("size", size);
        members.set("quotaBytesUsed", || file.quota_bytes().to_string());
        members.set("hasThumbnail", || false);
        members.set("thumbnailVersion", || "0");
        members.set("webViewLink", || web_view_link(file));
        members.set_some("exportLinks", || export::links(self.origin, file));
        let Content::Bytes { blob, revision } = &file.content else {
            return;
        };
        members.set("headRevisionId", || &**revision);
        members.set("originalFilename", || &*file.name);
        let extension = file.name.rsplit_once('.').map(|(_, extension)| extension);
        members.set("fileExtension", || extension.unwrap_or_default());
        members.set("fullFileExtension", || extension.unwrap_or_default());
        members.set("webContentLink", || {
            format!("https://drive.google.com/uc?id={}&export=download", file.id)
        });
        members.set_some("md5Checksum", || Some(hex(&digests(blob)?.md5)));
        members.set_some("sha1Checksum", || Some(hex(&digests(blob)?.sha1)));
        members.set_some("sha256Checksum", || Some(hex(&digests(blob)?.sha256)));
    }
}

fn identity(members: &mut Members<'_>, file: &File) {
    members.set("kind", || "drive#file");
    members.set("id", || &*file.id);
    members.set("name", || &*file.name);
    members.set("mimeType", || &*file.mime_type);
    members.set("iconLink", || {
        format!(
            "https://drive-thirdparty.googleusercontent.com/16/type/{}",
            file.mime_type
        )
    });
}

/// A content that cannot be read has no digests; whoever downloads it will be told.
fn digests(blob: &Blob) -> Option<Digests> {
    blob.digests_within(MOST_DIGESTED_BYTES).ok().flatten()
}

/// A person as others see them.
pub(super) fn user(person: &Person, me: &Person) -> Value {
    json!({
        "kind": "drive#user",
        "displayName": person.name,
        "me": person == me,
        "permissionId": person.google_id,
        "emailAddress": person.email,
    })
}

fn web_view_link(file: &File) -> String {
    let id = &file.id;
    match &*file.mime_type {
        native::FOLDER => format!("https://drive.google.com/drive/folders/{id}"),
        native::DOCUMENT => format!("https://docs.google.com/document/d/{id}/edit?usp=drivesdk"),
        native::SPREADSHEET => {
            format!("https://docs.google.com/spreadsheets/d/{id}/edit?usp=drivesdk")
        }
        _ => format!("https://drive.google.com/file/d/{id}/view?usp=drivesdk"),
    }
}

fn object(properties: &std::collections::BTreeMap<String, String>) -> Option<Value> {
    if properties.is_empty() {
        return None;
    }
    let members = properties.iter();
    let members = members.map(|(name, value)| (name.clone(), Value::from(&**value)));
    Some(Value::Object(members.collect::<Map<_, _>>()))
}
