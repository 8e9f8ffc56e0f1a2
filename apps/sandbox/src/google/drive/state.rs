//! What the simulated Drive remembers between requests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::file::{Content, File};
use super::ids::file_id;
use super::pages::Pages;
use super::plant::{self, media_type};
use super::resource::MOST_DIGESTED_BYTES;
use super::upload::Sessions;
use super::world::World;
use crate::blob::Blob;
use crate::generated_file::GeneratedFile;
use crate::identity::Person;
use crate::open_upload::OpenUpload;
use crate::random::Random;

/// The state of Drive.
pub(crate) struct DriveState {
    world: Mutex<World>,
    pub(super) pages: Pages,
    pub(super) sessions: Sessions,
    /// Draws ids and tokens.
    pub(super) random: Random,
    began: SystemTime,
}

impl DriveState {
    /// A Drive that is planted when somebody first looks.
    pub(crate) fn new(random: Random, now: SystemTime) -> Self {
        Self {
            world: Mutex::default(),
            pages: Pages::default(),
            sessions: Sessions::default(),
            random,
            began: now,
        }
    }

    /// The uploads that are not complete.
    pub(crate) fn open_uploads(&self, now: SystemTime) -> Vec<OpenUpload> {
        self.sessions.list(now)
    }

    /// Ends all upload sessions.
    pub(crate) fn end_uploads(&self) {
        self.sessions.end_all();
    }

    /// Whose upload session this is.
    pub(crate) fn upload_account(&self, upload_id: &str) -> Option<&'static str> {
        self.sessions.account(upload_id)
    }

    /// Puts a file into a person's own Drive, and says under which id; `None` if there is no such folder.
    pub(crate) fn add(
        &self,
        person: &'static Person,
        file: &GeneratedFile,
        now: SystemTime,
    ) -> Option<String> {
        let blob = Blob::generated(file.seed, file.size_bytes);
        // Now rather than when somebody waits for all files. Reading what is generated does not fail.
        let _ = blob.digests_within(MOST_DIGESTED_BYTES);
        let revision = self.random.text("0B", 40);
        let content = (media_type(&file.name), Content::Bytes { blob, revision });
        let mut world = self.world();
        let folder = match &file.folder {
            Some(folder) => world.get(folder),
            None => world.top(person),
        };
        let folder = folder.filter(|folder| folder.is_folder())?;
        let place = (Some(folder.id.clone()), folder.home.clone());
        let id = file_id(&self.random);
        let file = File::new(id, &*file.name, content, place, (person, now));
        Some(world.insert(file, now).to_string())
    }

    /// Everyone's files.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        if world.is_empty() {
            plant::everything(&mut world, &self.random, self.began);
        }
        world
    }
}
