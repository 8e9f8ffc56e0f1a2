//! What the simulated OneDrive remembers between requests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::address::ItemAddress;
use super::bin::RecycledItem;
use super::caller::Caller;
use super::item::{Content, Item};
use super::link::LinkKey;
use super::name;
use super::plant;
use super::refusal::Refusal;
use super::tree::Drive;
use super::upload::Sessions;
use crate::blob::Blob;
use crate::generated_file::GeneratedFile;
use crate::identity::{Parameters, Person};
use crate::open_upload::OpenUpload;
use crate::random::Random;
use crate::simulation::Simulation;

/// A larger content whose digests nobody has computed yet is shown without: nobody would wait for them.
pub(super) const MOST_DIGESTED_BYTES: u64 = 1 << 30;

/// The state of OneDrive.
pub(crate) struct OneDriveState {
    drives: Mutex<Drives>,
    pub(super) sessions: Sessions,
    pub(super) links: LinkKey,
    /// Draws secret names.
    pub(super) random: Random,
    began: SystemTime,
}

/// Everyone's drive.
#[derive(Default)]
pub(super) struct Drives(pub(super) Vec<Drive>);

impl OneDriveState {
    /// Drives that are planted when somebody first looks.
    pub(crate) fn new(random: Random, now: SystemTime) -> Self {
        Self {
            drives: Mutex::default(),
            sessions: Sessions::default(),
            links: LinkKey::new(random.text("", 32)),
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

    /// What an account has in its recycle bin, oldest first.
    pub(crate) fn recycled(&self, simulation: &Simulation, person: &Person) -> Vec<RecycledItem> {
        let drives = self.drives(simulation);
        let drive = drives.0.iter().find(|drive| drive.owner == person);
        drive.map_or_else(Vec::new, |drive| drive.bin.items().to_vec())
    }

    /// Puts a file into a person's drive, and says under which id; `None` if there is no such folder or
    /// its name cannot be had there.
    pub(crate) fn add(
        &self,
        simulation: &Simulation,
        person: &Person,
        file: &GeneratedFile,
    ) -> Option<String> {
        let blob = Blob::generated(file.seed, file.size_bytes);
        // Now rather than when somebody waits for all drives. Reading what is generated does not fail.
        let _ = blob.digests_within(MOST_DIGESTED_BYTES);
        let mut drives = self.drives(simulation);
        let drive = drives.0.iter_mut().find(|drive| drive.owner == person)?;
        let folder = drive.get(file.folder.as_deref().unwrap_or(drive.root()))?;
        let folder = folder.is_folder().then(|| folder.id.clone())?;
        plant::into(drive, &folder);
        let is_free = drive.child(&folder, &file.name).is_none() && name::is_allowed(&file.name);
        let now = simulation.clock.now();
        let add = || drive.insert(&folder, &file.name, Content::Bytes(blob), now);
        is_free.then(add).map(|id| id.to_string())
    }

    /// Whose an address is that OneDrive has given out.
    pub(crate) fn account_behind(&self, query: &Parameters) -> Option<&'static str> {
        let session = query.get(super::upload::SESSION);
        let session = session.and_then(|id| self.sessions.account(id));
        session.or_else(|| {
            let (_, link) = self.links.known(query.get(super::download::SECRET)?)?;
            let mut people = crate::identity::PEOPLE.iter();
            let owner = people.find(|person| person.drive_id == link.drive)?;
            Some(owner.email)
        })
    }

    /// Everyone's drive, with every copy made whose time has come.
    pub(super) fn drives(&self, simulation: &Simulation) -> MutexGuard<'_, Drives> {
        let mut drives = self.drives.lock().unwrap_or_else(PoisonError::into_inner);
        if drives.0.is_empty() {
            drives.0 = plant::everything(self.began);
        }
        let now = simulation.clock.now();
        for drive in &mut drives.0 {
            let limit = drive.limit(simulation);
            drive.finish_copies(now, limit);
        }
        drives
    }
}

impl Drives {
    /// The drive of this id, or the caller's own.
    pub(super) fn find(
        &mut self,
        caller: &Caller,
        id: Option<&str>,
    ) -> Result<&mut Drive, Refusal> {
        let id = id.unwrap_or(caller.person.drive_id);
        let drive = self.by_id(id).ok_or_else(|| {
            let message = "The provided drive id appears to be malformed, or does not represent a valid \
                           drive.";
            Refusal::invalid_request(message)
        })?;
        let is_own = drive.owner == caller.person;
        is_own.then_some(drive).ok_or_else(Refusal::denied)
    }

    /// The drive of this id. Case does not matter.
    pub(super) fn by_id(&mut self, id: &str) -> Option<&mut Drive> {
        let mut drives = self.0.iter_mut();
        drives.find(|drive| drive.owner.drive_id.eq_ignore_ascii_case(id))
    }
}

impl Drive {
    /// The item at an address.
    pub(super) fn find(&self, address: &ItemAddress) -> Result<&Item, Refusal> {
        let start = address.id.as_deref().unwrap_or(self.root());
        let start = self.get(start).ok_or_else(Refusal::not_found)?;
        let mut names = address.names.iter();
        let found = names.try_fold(start, |item, name| self.child(&item.id, name));
        found.ok_or_else(Refusal::not_found)
    }
}
