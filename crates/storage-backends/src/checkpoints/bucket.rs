//! Checkpoints in a bucket, an object each: where the bucket locks its objects, nobody changes them at all.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use object_store::path::Path;
use object_store::{ObjectStore, PutMode, PutOptions, PutPayload};
use wharf_domain::ports::checkpoint_copies::{CheckpointCopies, CopyError};

use super::failed;
use crate::Error;
use crate::house::{S3Access, S3Place, objects_of};

/// A bucket that checkpoints are put into.
#[derive(Clone)]
pub struct CheckpointBucket {
    objects: Arc<dyn ObjectStore>,
    folder: Path,
}

impl CheckpointBucket {
    /// The bucket at this place, reached through `egress`. Nothing is sent yet.
    ///
    /// # Errors
    /// If the server's address is none that the operator may name.
    pub fn open(
        place: &S3Place,
        access: &S3Access,
        egress: &wharf_egress::Client,
    ) -> Result<Self, Error> {
        Ok(Self {
            objects: objects_of(place, access, egress)?,
            folder: place.folder(),
        })
    }

    /// Names sort as the positions do.
    fn path(&self, position: u64) -> Path {
        self.folder.clone().join(format!("{position:020}.json"))
    }
}

impl fmt::Debug for CheckpointBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckpointBucket").finish_non_exhaustive()
    }
}

#[async_trait]
impl CheckpointCopies for CheckpointBucket {
    fn place(&self) -> &'static str {
        "checkpoint bucket"
    }

    /// An object that is there already stays as it is: the answer to an earlier attempt was lost.
    async fn keep(&self, position: u64, line: &str) -> Result<(), CopyError> {
        let content = PutPayload::from(format!("{line}\n"));
        let options = PutOptions::from(PutMode::Create);
        let path = self.path(position);
        match self.objects.put_opts(&path, content, options).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(failed("written to the", self.place())(error.into())),
        }
    }

    /// The key for writing need not be one for reading, so nothing is read.
    async fn latest(&self) -> Result<Vec<String>, CopyError> {
        Ok(Vec::new())
    }
}
