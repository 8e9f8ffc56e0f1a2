//! What a client says of a file that it makes or changes.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::file::File;
use super::refusal::Refusal;
use super::time;

/// A file resource as clients write it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) parents: Option<Vec<String>>,
    pub(super) shortcut_details: Option<ShortcutDetails>,
    pub(super) trashed: Option<bool>,
    starred: Option<bool>,
    description: Option<String>,
    created_time: Option<String>,
    modified_time: Option<String>,
    #[serde(default)]
    properties: BTreeMap<String, Option<String>>,
    #[serde(default)]
    app_properties: BTreeMap<String, Option<String>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShortcutDetails {
    pub(super) target_id: Option<String>,
}

/// Members that Drive alone decides.
const READ_ONLY: [&str; 22] = [
    "capabilities",
    "driveId",
    "explicitlyTrashed",
    "exportLinks",
    "fileExtension",
    "headRevisionId",
    "lastModifyingUser",
    "md5Checksum",
    "ownedByMe",
    "owners",
    "permissionIds",
    "quotaBytesUsed",
    "sha1Checksum",
    "sha256Checksum",
    "shared",
    "size",
    "spaces",
    "trashedTime",
    "trashingUser",
    "version",
    "webContentLink",
    "webViewLink",
];

impl Metadata {
    /// Reads a body; an empty one says nothing.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        let metadata: Self = serde_json::from_slice(body)
            .map_err(|_| Refusal::bad_request("parseError", "Parse Error"))?;
        if metadata
            .rest
            .keys()
            .any(|name| READ_ONLY.contains(&&**name))
        {
            let message = "The resource body includes fields which are not directly writable.";
            return Err(Refusal::forbidden("fieldNotWritable", message));
        }
        for text in [&metadata.created_time, &metadata.modified_time] {
            if text
                .as_deref()
                .is_some_and(|text| time::read(text).is_none())
            {
                return Err(Refusal::bad_request("invalid", "Invalid Value"));
            }
        }
        Ok(metadata)
    }

    /// The same for a change: it cannot name the file's parents or id.
    pub(super) fn parse_change(body: &[u8]) -> Result<Self, Refusal> {
        let metadata = Self::parse(body)?;
        if metadata.parents.is_some() {
            let message = "The parents field is not directly writable in update requests. Use the \
                           addParents and removeParents parameters instead.";
            return Err(Refusal::forbidden("fieldNotWritable", message));
        }
        if metadata.id.is_some() {
            let message = "The resource body includes fields which are not directly writable.";
            return Err(Refusal::forbidden("fieldNotWritable", message));
        }
        Ok(metadata)
    }

    /// Writes into a file what is said of it, its trash and its place apart.
    pub(super) fn apply(&self, file: &mut File, now: SystemTime) {
        if let Some(name) = &self.name {
            file.name.clone_from(name);
        }
        if let Some(description) = &self.description {
            file.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        if let Some(starred) = self.starred {
            file.starred = starred;
        }
        let read = |text: &Option<String>| text.as_deref().and_then(time::read);
        if let Some(created) = read(&self.created_time) {
            file.created = created.min(now);
        }
        if let Some(modified) = read(&self.modified_time) {
            file.modified = modified;
        }
        for (said, kept) in [
            (&self.properties, &mut file.properties),
            (&self.app_properties, &mut file.app_properties),
        ] {
            for (name, value) in said {
                match value {
                    Some(value) => kept.insert(name.clone(), value.clone()),
                    None => kept.remove(name),
                };
            }
        }
    }

    /// Whether anything is said that counts as a change of the file itself.
    pub(super) fn is_change(&self) -> bool {
        self.name.is_some()
            || self.mime_type.is_some()
            || self.description.is_some()
            || !self.properties.is_empty()
            || !self.app_properties.is_empty()
    }
}
