//! What is in everyone's Drive at the start.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use super::file::{Content, File, Home};
use super::ids::{Id, file_id, top_id};
use super::native::{DOCUMENT, FOLDER, FORM, PRESENTATION, SHORTCUT, SPREADSHEET};
use super::shared_drive::{Role, SharedDrive};
use super::world::World;
use crate::blob::Blob;
use crate::fixture::{Fixture, NESTED, WIDE};
use crate::identity::{PEOPLE, Person};
use crate::random::Random;
use crate::seed;

/// How long before the sandbox's start the first file came into being.
const AGE: Duration = Duration::from_secs(200 * 24 * 3600);

/// The exports of the document that is too large for `files.export`.
const HUGE_EXPORT_BYTES: u64 = 11 * 1024 * 1024;

/// Plants everything.
pub(super) fn everything(world: &mut World, random: &Random, now: SystemTime) {
    let [anna, ben, clara] = &PEOPLE;
    for person in &PEOPLE {
        let mut garden = Garden::of_person(world, random, person, now);
        garden.small_files();
        garden.native_documents();
        garden.duplicates();
        garden.shortcuts();
        if person == clara {
            garden.fixture(&NESTED);
            garden.fixture(&WIDE);
        }
        if person == ben {
            let id = garden.bytes(
                &garden.top.clone(),
                "Shared by Ben.txt",
                b"Ben's own words\n",
            );
            garden.share(&id, &[(clara, Role::Writer), (anna, Role::Reader)]);
        }
    }
    for (name, clara_may) in [("Harbour crew", Role::Owner), ("Archive", Role::Reader)] {
        let members = vec![(anna, Role::Owner), (clara, clara_may)];
        let mut garden = Garden::of_drive(world, random, (name, members), now);
        let top = garden.top.clone();
        let folder = garden.folder(&top, "Berths");
        garden.bytes(&folder, "Berth 1.txt", b"free\n");
        garden.bytes(&top, "Read me first.txt", b"Welcome aboard.\n");
    }
}

/// Plants the files of fixtures whose folders are about to be looked into: this one, or any.
pub(super) fn fixtures(world: &mut World, random: &Random, folder: Option<&str>) {
    for (top, fixture) in world.take_unplanted(folder) {
        let Some(file) = world.get(&top) else {
            continue;
        };
        let (home, person, now) = (file.home.clone(), file.last_modifying, file.created);
        let mut garden = Garden {
            world,
            random,
            top: top.clone(),
            home,
            person,
            now,
            folders: HashMap::new(),
        };
        for (number, file) in (fixture.files)().into_iter().enumerate() {
            let mut folder = top.clone();
            for name in &file.folders {
                folder = garden.folder(&folder, name);
            }
            let blob = Blob::generated(number as u64, file.size_bytes);
            garden.blob(&folder, &file.name, blob);
        }
    }
}

/// A Drive that is being planted. Each file is a minute younger than the one before.
struct Garden<'w> {
    world: &'w mut World,
    random: &'w Random,
    top: Id,
    home: Home,
    person: &'static Person,
    now: SystemTime,
    /// The folders by parent and name.
    folders: HashMap<(Id, String), Id>,
}

impl<'w> Garden<'w> {
    fn of_person(
        world: &'w mut World,
        random: &'w Random,
        person: &'static Person,
        now: SystemTime,
    ) -> Self {
        let top = top_id(random);
        let home = Home::Own(person);
        Self::laid_out(world, random, (top, home, "My Drive"), (person, now))
    }

    fn of_drive(
        world: &'w mut World,
        random: &'w Random,
        (name, members): (&'static str, Vec<(&'static Person, Role)>),
        now: SystemTime,
    ) -> Self {
        let id = top_id(random);
        let home = Home::Shared(id.clone());
        world.drives.push(SharedDrive {
            id: id.clone(),
            name,
            created: now - AGE,
            members,
        });
        let [anna, ..] = &PEOPLE;
        Self::laid_out(world, random, (id, home, "Drive"), (anna, now))
    }

    fn laid_out(
        world: &'w mut World,
        random: &'w Random,
        (top, home, name): (Id, Home, &str),
        (person, now): (&'static Person, SystemTime),
    ) -> Self {
        let now = now - AGE;
        let content = (FOLDER, Content::Folder);
        let place = (None, home.clone());
        world.plant(File::new(top.clone(), name, content, place, (person, now)));
        Self {
            world,
            random,
            top,
            home,
            person,
            now,
            folders: HashMap::new(),
        }
    }

    fn plant(&mut self, parent: &Id, name: &str, content: (impl Into<String>, Content)) -> Id {
        self.now += Duration::from_secs(60);
        let place = (Some(parent.clone()), self.home.clone());
        let by = (self.person, self.now);
        let id = file_id(self.random);
        self.world.plant(File::new(id, name, content, place, by))
    }

    /// The folder of this name, which is made when it is first needed.
    fn folder(&mut self, parent: &Id, name: &str) -> Id {
        let key = (parent.clone(), name.to_owned());
        if let Some(id) = self.folders.get(&key) {
            return id.clone();
        }
        let id = self.plant(parent, name, (FOLDER, Content::Folder));
        self.folders.insert(key, id.clone());
        id
    }

    fn blob(&mut self, parent: &Id, name: &str, blob: Blob) -> Id {
        let revision = self.random.text("0B", 40);
        let content = Content::Bytes { blob, revision };
        self.plant(parent, name, (media_type(name), content))
    }

    fn bytes(&mut self, parent: &Id, name: &str, bytes: &'static [u8]) -> Id {
        self.blob(parent, name, Blob::fixed(bytes))
    }

    fn share(&mut self, id: &Id, shares: &[(&'static Person, Role)]) {
        let now = self.now;
        self.world
            .change(id, now, |file| file.shares = shares.to_vec());
    }

    /// The files that a WebDAV account starts with too.
    fn small_files(&mut self) {
        for (path, content) in seed::FILES {
            let mut folder = self.top.clone();
            let mut names = path.split('/').peekable();
            while let Some(name) = names.next() {
                if names.peek().is_some() {
                    folder = self.folder(&folder, name);
                } else {
                    self.bytes(&folder, name, content.as_bytes());
                }
            }
        }
        for name in seed::EMPTY_FOLDERS {
            self.folder(&self.top.clone(), name);
        }
    }

    fn native_documents(&mut self) {
        let folder = self.folder(&self.top.clone(), "Native documents");
        for (name, mime_type, exported_bytes) in [
            ("Minutes", DOCUMENT, None),
            ("Fees", SPREADSHEET, None),
            ("Plans", PRESENTATION, None),
            ("Questions", FORM, None),
            ("Chronicle", DOCUMENT, Some(HUGE_EXPORT_BYTES)),
        ] {
            let content = Content::Native { exported_bytes };
            self.plant(&folder, name, (mime_type, content));
        }
    }

    fn duplicates(&mut self) {
        let folder = self.folder(&self.top.clone(), "Duplicates");
        for content in [&b"the first\n"[..], b"the second\n", b"the third\n"] {
            self.bytes(&folder, "twin.txt", content);
        }
        for content in [&b"in the first\n"[..], b"in the second\n"] {
            let twin = self.plant(&folder, "twins", (FOLDER, Content::Folder));
            self.bytes(&twin, "inside.txt", content);
        }
    }

    fn shortcuts(&mut self) {
        let folder = self.folder(&self.top.clone(), "Shortcuts");
        let reports = self.folder(&self.top.clone(), "Reports");
        let file = self.bytes(&folder, "Target.txt", b"You found the target.\n");
        let gone = file_id(self.random);
        for (name, target, target_mime_type) in [
            ("To a file", file, "text/plain"),
            ("To a folder", reports, FOLDER),
            ("To nothing", gone, "text/plain"),
        ] {
            let content = Content::Shortcut {
                target,
                target_mime_type: target_mime_type.to_owned(),
            };
            self.plant(&folder, name, (SHORTCUT, content));
        }
    }

    /// A folder whose files are planted when somebody looks: most tests do not.
    fn fixture(&mut self, fixture: &'static Fixture) {
        let folder = self.folder(&self.top.clone(), fixture.name);
        self.world.plant_later(folder, fixture);
    }
}

/// What Drive makes of the end of a name.
pub(super) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "txt")) => "text/plain",
        Some((_, "csv")) => "text/csv",
        Some((_, "html")) => "text/html",
        Some((_, "pdf")) => "application/pdf",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
