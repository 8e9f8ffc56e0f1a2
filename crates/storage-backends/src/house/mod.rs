//! The house's own storage: a flat set of objects for each user in an object store. It knows neither
//! names that people give nor what the objects are for.

mod backend;
mod error;
mod key;
mod place;
mod read;
mod room;
mod write;

use std::fmt;
use std::path::Path as FilePath;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use wharf_domain::id::UserId;
use wharf_domain::random::Random;

use crate::Error;
use crate::turns::Turns;
use crate::undo::Background;

use self::room::Room;

/// The house's storage for all users.
#[derive(Clone)]
pub struct House {
    objects: Arc<dyn ObjectStore>,
    turns: Turns,
}

impl House {
    /// A house in this folder of the local disk. The folder is made if it is missing, for its owner's
    /// eyes only; what lies in it is durable once it is stored.
    ///
    /// # Errors
    /// If the folder cannot be made or opened.
    pub fn in_folder(folder: &FilePath) -> Result<Self, Error> {
        make_private(folder).map_err(Error::MakeFolder)?;
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(Error::OpenFolder)?;
        Ok(Self {
            objects: Arc::new(objects.with_fsync(true)),
            turns: Turns::default(),
        })
    }

    /// One user's part of the house; no other user's can be named through it.
    pub(crate) fn room(
        &self,
        owner: UserId,
        random: Arc<dyn Random>,
        background: Background,
    ) -> Room {
        let objects = Arc::clone(&self.objects);
        Room::new(objects, owner, self.turns.clone(), random, background)
    }
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("House").finish_non_exhaustive()
    }
}

fn make_private(folder: &FilePath) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
