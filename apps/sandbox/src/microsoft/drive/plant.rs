//! What is in everyone's drive at the start.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use super::item::{Content, Id};
use super::name::made_allowed;
use super::tree::Drive;
use crate::blob::Blob;
use crate::fixture::{FixtureFile, nested, wide};
use crate::identity::PEOPLE;
use crate::seed;

/// How long before the sandbox's start the first item came into being.
const AGE: Duration = Duration::from_secs(200 * 24 * 3600);

/// Everyone's drive.
pub(super) fn everything(now: SystemTime) -> Vec<Drive> {
    let [_, _, clara] = &PEOPLE;
    let planted = PEOPLE.iter().map(|person| {
        let mut garden = Garden::of(Drive::empty(person, now - AGE), now - AGE);
        garden.small_files();
        if person == clara {
            garden.fixture("A thousand files", nested());
            garden.fixture("Ten thousand files", wide());
        }
        garden.drive
    });
    planted.collect()
}

/// A drive that is being planted. Each item is a minute younger than the one before.
struct Garden {
    drive: Drive,
    now: SystemTime,
    /// The folders by parent and name.
    folders: HashMap<(Id, String), Id>,
}

impl Garden {
    fn of(drive: Drive, now: SystemTime) -> Self {
        Self {
            drive,
            now,
            folders: HashMap::new(),
        }
    }

    fn plant(&mut self, parent: &Id, name: &str, content: Content) -> Id {
        self.now += Duration::from_secs(60);
        self.drive.plant(Some(parent), name, content, self.now)
    }

    /// The folder of this name, which is made when it is first needed.
    fn folder(&mut self, parent: &Id, name: &str) -> Id {
        let key = (parent.clone(), name.to_owned());
        if let Some(id) = self.folders.get(&key) {
            return id.clone();
        }
        let id = self.plant(parent, name, Content::Folder { size: 0 });
        self.folders.insert(key, id.clone());
        id
    }

    /// The files that a WebDAV account starts with too, with the names that OneDrive makes of theirs.
    fn small_files(&mut self) {
        let top = self.drive.root().clone();
        for (path, content) in seed::FILES {
            let mut folder = top.clone();
            let mut names = path.split('/').map(made_allowed).peekable();
            while let Some(name) = names.next() {
                if names.peek().is_some() {
                    folder = self.folder(&folder, &name);
                } else {
                    let blob = Blob::fixed(content.as_bytes());
                    self.plant(&folder, &name, Content::Bytes(blob));
                }
            }
        }
        for name in seed::EMPTY_FOLDERS {
            self.folder(&top, name);
        }
    }

    fn fixture(&mut self, name: &str, files: impl Iterator<Item = FixtureFile>) {
        let top = self.drive.root().clone();
        let top = self.folder(&top, name);
        for (number, file) in files.enumerate() {
            let mut folder = top.clone();
            for name in &file.folders {
                folder = self.folder(&folder, &made_allowed(name));
            }
            let blob = Blob::generated(number as u64, file.size_bytes);
            self.plant(&folder, &made_allowed(&file.name), Content::Bytes(blob));
        }
    }
}
