//! The house's own storage: a flat set of objects for each user, in a folder or in a bucket. It knows neither
//! names that people give nor what the objects are for.

mod backend;
mod error;
mod folder;
mod key;
mod read;
mod rearrange;
mod room;
mod s3;
mod shelf;

use std::fmt;
use std::path::Path as FilePath;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use wharf_domain::id::UserId;
use wharf_domain::ports::deletion_ledger::DeletionLedger;
use wharf_domain::ports::storage::StorageError;
use wharf_domain::random::Random;

use crate::Error;
use crate::ledger::ObjectLedger;
use crate::turns::Turns;
use crate::undo::Background;

pub(crate) use self::error::failed;
use self::folder::Folder;
use self::room::Room;
use self::s3::Bucket;
pub use self::s3::{InvalidPlace, S3Access, S3Place};
use self::shelf::Shelf;

/// The folder of the deletion ledger. No user's is called so: theirs are their ids.
const LEDGER: &str = "deletions";
/// The objects of a bucket that is not a house's.
pub(crate) fn objects_of(
    place: &S3Place,
    access: &S3Access,
    egress: &wharf_egress::Client,
) -> Result<Arc<dyn ObjectStore>, Error> {
    Ok(Bucket::open(place, access, egress)?.objects())
}

/// The house's storage for all users.
#[derive(Clone)]
pub struct House {
    shelf: Arc<dyn Shelf>,
    /// What all keys lie under.
    base: Path,
    turns: Turns,
}

impl House {
    /// A house in this folder of the local disk. The folder is made if it is missing, for its owner's
    /// eyes only; what lies in it is durable once it is stored.
    ///
    /// # Errors
    /// If the folder cannot be made or opened.
    pub fn in_folder(folder: &FilePath) -> Result<Self, Error> {
        Ok(Self::on(Arc::new(Folder::open(folder)?), Path::ROOT))
    }

    /// A house in this bucket, which must be there, reached through `egress`. Nothing is sent yet.
    ///
    /// # Errors
    /// If the server's address is none that the operator may name.
    pub fn in_bucket(
        place: &S3Place,
        access: &S3Access,
        egress: &wharf_egress::Client,
    ) -> Result<Self, Error> {
        let bucket = Bucket::open(place, access, egress)?;
        Ok(Self::on(Arc::new(bucket), place.folder()))
    }

    fn on(shelf: Arc<dyn Shelf>, base: Path) -> Self {
        Self {
            shelf,
            base,
            turns: Turns::default(),
        }
    }

    /// The deletion ledger in the house, apart from everybody's rooms.
    pub fn ledger(&self) -> Arc<dyn DeletionLedger> {
        let folder = self.base.clone().join(LEDGER);
        Arc::new(ObjectLedger::new(self.shelf.objects(), folder))
    }

    /// Removes a user's whole part, with all that uploads have left there.
    pub(crate) async fn clear(&self, owner: UserId) -> Result<(), StorageError> {
        let folder = self.base.clone().join(owner.to_string());
        self.shelf.clear(&folder).await
    }

    /// One user's part of the house; no other user's can be named through it.
    pub(crate) fn room(
        &self,
        owner: UserId,
        random: Arc<dyn Random>,
        background: Background,
    ) -> Room {
        let folder = self.base.clone().join(owner.to_string());
        let (shelf, turns) = (Arc::clone(&self.shelf), self.turns.clone());
        Room::new(shelf, folder, turns, random, background)
    }
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("House").finish_non_exhaustive()
    }
}
