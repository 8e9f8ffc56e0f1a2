//! A file: whatever has an id in Drive, folders included.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::ids::Id;
use super::native::FOLDER;
use super::shared_drive::Role;
use crate::blob::Blob;
use crate::identity::Person;

/// A file.
#[derive(Clone)]
pub(super) struct File {
    pub(super) id: Id,
    /// Its place in the order in which files came into being.
    pub(super) sequence: u64,
    pub(super) name: String,
    pub(super) mime_type: String,
    /// `None` for a top folder.
    pub(super) parent: Option<Id>,
    pub(super) home: Home,
    pub(super) content: Content,
    pub(super) description: Option<String>,
    pub(super) starred: bool,
    pub(super) properties: BTreeMap<String, String>,
    pub(super) app_properties: BTreeMap<String, String>,
    pub(super) created: SystemTime,
    pub(super) modified: SystemTime,
    /// When it was put into the trash itself, not with a folder around it.
    pub(super) trashed: Option<SystemTime>,
    pub(super) version: u64,
    pub(super) last_modifying: &'static Person,
    /// Whether the application made it, not a person at Google.
    pub(super) is_made_by_app: bool,
    /// Who else may see it in somebody's own Drive.
    pub(super) shares: Vec<(&'static Person, Role)>,
}

/// Whose it is.
#[derive(Clone, PartialEq)]
pub(super) enum Home {
    /// A person's own Drive.
    Own(&'static Person),
    /// The shared drive of this id.
    Shared(Id),
}

/// What is in it.
#[derive(Clone)]
pub(super) enum Content {
    Folder,
    /// Bytes, and the name of this version of them.
    Bytes {
        blob: Blob,
        revision: String,
    },
    /// A document of Google's own kind, and how many bytes an export has if it is no short one.
    Native {
        exported_bytes: Option<u64>,
    },
    Shortcut {
        target: Id,
        target_mime_type: String,
    },
}

impl File {
    /// A file of a kind and a name; the rest is as in a file that somebody just made.
    pub(super) fn new(
        id: Id,
        name: impl Into<String>,
        (mime_type, content): (impl Into<String>, Content),
        (parent, home): (Option<Id>, Home),
        (person, now): (&'static Person, SystemTime),
    ) -> Self {
        Self {
            id,
            sequence: 0,
            name: name.into(),
            mime_type: mime_type.into(),
            parent,
            home,
            content,
            description: None,
            starred: false,
            properties: BTreeMap::new(),
            app_properties: BTreeMap::new(),
            created: now,
            modified: now,
            trashed: None,
            version: 1,
            last_modifying: person,
            is_made_by_app: false,
            shares: Vec::new(),
        }
    }

    pub(super) fn is_folder(&self) -> bool {
        self.mime_type == FOLDER
    }

    /// Its bytes, if it has any.
    pub(super) fn blob(&self) -> Option<&Blob> {
        match &self.content {
            Content::Bytes { blob, .. } => Some(blob),
            _ => None,
        }
    }

    /// How much of somebody's storage it takes.
    pub(super) fn quota_bytes(&self) -> u64 {
        self.blob().map_or(0, Blob::size)
    }

    pub(super) fn drive_id(&self) -> Option<&Id> {
        match &self.home {
            Home::Shared(id) => Some(id),
            Home::Own(_) => None,
        }
    }

    pub(super) fn owner(&self) -> Option<&'static Person> {
        match self.home {
            Home::Own(person) => Some(person),
            Home::Shared(_) => None,
        }
    }

    /// Notes that somebody changed it.
    pub(super) fn touch(&mut self, person: &'static Person, now: SystemTime) {
        self.version += 1;
        self.modified = now;
        self.last_modifying = person;
    }
}
