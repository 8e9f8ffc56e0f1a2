//! The ledger as objects in the house's storage: each entry is an empty one, and its key says it all.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use wharf_domain::ports::deletion_ledger::{Deletion, DeletionLedger, Deletions, LedgerError};
use wharf_domain::ports::storage::Operation;

use super::{BATCH, read, written};
use crate::house::failed;

/// The ledger in the house's storage.
#[derive(Clone, Debug)]
pub(crate) struct ObjectLedger {
    objects: Arc<dyn ObjectStore>,
    folder: Path,
}

impl ObjectLedger {
    /// The ledger in this folder.
    pub(crate) const fn new(objects: Arc<dyn ObjectStore>, folder: Path) -> Self {
        Self { objects, folder }
    }
}

#[async_trait]
impl DeletionLedger for ObjectLedger {
    async fn append(&self, deletion: Deletion) -> Result<(), LedgerError> {
        let key = self.folder.clone().join(written(deletion));
        let put = self.objects.put(&key, PutPayload::new()).await;
        put.map(drop)
            .map_err(|error| unavailable(&error, Operation::Write))
    }

    async fn read(&self) -> Result<Deletions, LedgerError> {
        let entries = self
            .objects
            .list(Some(&self.folder))
            .map_err(|error| unavailable(&error, Operation::List))
            .and_then(|object| async move { entry(&object.location) });
        let batches = entries.try_chunks(BATCH).map_err(|error| error.1);
        Ok(batches.boxed())
    }
}

fn entry(key: &Path) -> Result<Deletion, LedgerError> {
    let name = key.filename().unwrap_or_default();
    read(name).ok_or_else(|| LedgerError::Inconsistent {
        entry: name.chars().take(100).collect(),
    })
}

fn unavailable(error: &object_store::Error, operation: Operation) -> LedgerError {
    LedgerError::Unavailable(failed(error, operation).into())
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;
    use wharf_domain::id::{ErasureId, UserId};

    use super::*;

    fn ledger(objects: &Arc<InMemory>) -> ObjectLedger {
        let objects = Arc::clone(objects) as Arc<dyn ObjectStore>;
        ObjectLedger::new(objects, Path::from("house/deletions"))
    }

    // K-09
    #[tokio::test]
    async fn entries_come_back_however_often_they_are_told() {
        let objects = Arc::new(InMemory::new());
        let deletion = |number| Deletion {
            erasure: ErasureId::from_bytes([number; 16]),
            user: UserId::from_bytes([number + 1; 16]),
        };
        for number in [2, 1, 2] {
            ledger(&objects).append(deletion(number)).await.unwrap();
        }
        let read: Vec<_> = ledger(&objects)
            .read()
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(read.concat(), [deletion(1), deletion(2)]);
    }

    #[tokio::test]
    async fn an_object_of_somebody_else_s_is_refused() {
        let objects = Arc::new(InMemory::new());
        let other = Path::from("house/deletions/notes.txt");
        objects.put(&other, PutPayload::new()).await.unwrap();
        let read: Result<Vec<_>, _> = ledger(&objects).read().await.unwrap().try_collect().await;
        let refused = read.unwrap_err();
        assert!(
            matches!(&refused, LedgerError::Inconsistent { entry } if entry == "notes.txt"),
            "{refused}"
        );
    }
}
