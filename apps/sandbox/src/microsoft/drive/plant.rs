//! What is in everyone's drive at the start. The large fixtures are planted when somebody looks into them.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use super::address::ItemAddress;
use super::item::{Content, Id};
use super::name::made_allowed;
use super::tree::{Drive, Unplanted};
use crate::blob::Blob;
use crate::fixture::{Fixture, FixtureFile, NESTED, WIDE};
use crate::identity::PEOPLE;
use crate::seed;

/// How long before the sandbox's start the first item came into being.
const AGE: Duration = Duration::from_secs(200 * 24 * 3600);

/// Everyone's drive.
pub(super) fn everything(now: SystemTime) -> Vec<Drive> {
    let [_, _, clara] = &PEOPLE;
    let planted = PEOPLE.iter().map(|person| {
        let began = now - AGE;
        let mut drive = Drive::empty(person, began);
        let top = drive.root().clone();
        let mut garden = Garden::of(&mut drive, began);
        garden.small_files(&top);
        if person == clara {
            for fixture in [&NESTED, &WIDE] {
                let folder = garden.folder(&top, fixture.name);
                garden.drive.plant_later(unplanted(folder, fixture));
            }
        }
        drive
    });
    planted.collect()
}

/// Plants what is in the folders on the way to an item, and in the item itself.
pub(super) fn along(drive: &mut Drive, address: &ItemAddress) {
    let start = address.id.as_deref().unwrap_or(drive.root());
    let mut next = drive.get(start).map(|item| item.id.clone());
    let mut names = address.names.iter();
    while let Some(id) = next {
        into(drive, &id);
        let child = names.next().and_then(|name| drive.child(&id, name));
        next = child.map(|item| item.id.clone());
    }
}

/// Plants what is in a folder.
pub(super) fn into(drive: &mut Drive, folder: &Id) {
    fixtures(drive, |unplanted| unplanted == folder);
}

/// Plants everything that is left.
pub(super) fn rest(drive: &mut Drive) {
    fixtures(drive, |_| true);
}

fn fixtures(drive: &mut Drive, is_meant: impl Fn(&Id) -> bool) {
    for Unplanted {
        folder, fixture, ..
    } in drive.take_unplanted(is_meant)
    {
        let began = drive.created;
        let mut garden = Garden::of(drive, began);
        for (number, file) in (fixture.files)().into_iter().enumerate() {
            let mut around = folder.clone();
            for name in &file.folders {
                around = garden.folder(&around, &made_allowed(name));
            }
            let blob = Blob::generated(number as u64, file.size_bytes);
            garden.plant(&around, &made_allowed(&file.name), Content::Bytes(blob));
        }
    }
}

fn unplanted(folder: Id, fixture: &'static Fixture) -> Unplanted {
    let files = (fixture.files)();
    let outermost = |file: FixtureFile| file.folders.into_iter().next().unwrap_or(file.name);
    let children: HashSet<String> = files.into_iter().map(outermost).collect();
    Unplanted {
        folder,
        fixture,
        child_count: children.len(),
    }
}

/// A drive that is being planted. Each item is a minute younger than the one before.
struct Garden<'d> {
    drive: &'d mut Drive,
    now: SystemTime,
    /// The folders by parent and name.
    folders: HashMap<(Id, String), Id>,
}

impl<'d> Garden<'d> {
    fn of(drive: &'d mut Drive, now: SystemTime) -> Self {
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
    fn small_files(&mut self, top: &Id) {
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
            self.folder(top, name);
        }
    }
}
