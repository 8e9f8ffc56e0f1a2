//! What the examples do alike: make storages, and show what one does with a file.

#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageError};
use wharf_domain::random::Random;
use wharf_egress::{Client, Exceptions, Options, Policy};
use wharf_storage_backends::{Background, House, Registry};

/// Good enough for pauses between tries. A service takes the system's own randomness.
struct Unpredictable;

impl Random for Unpredictable {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = RandomState::new().build_hasher().finish() as u8;
        }
    }
}

/// All storages, with these exceptions from the rules about addresses. What a call leaves to be cleared up runs in
/// `running`.
pub(crate) fn storages(
    exceptions: Exceptions,
    running: &TaskTracker,
) -> Result<Registry, Box<dyn Error>> {
    let egress = Client::new(Policy::new(exceptions), Options::default())?;
    let folder = std::env::temp_dir();
    let house = House::in_folder(&folder)?;
    let background = Background::new(Handle::current(), running.clone());
    Ok(Registry::new(
        egress,
        house,
        Arc::new(Unpredictable),
        background,
    ))
}

/// Waits for what was left to be cleared up.
pub(crate) async fn end(running: TaskTracker) {
    running.close();
    running.wait().await;
}

/// Lists the storage's top folder, stores a file there, reads it back and deletes it.
pub(crate) async fn show(storage: &dyn StorageBackend) -> Result<(), Box<dyn Error>> {
    let account = storage.probe().await?;
    println!("{}", account.label);
    for item in list(storage, &ItemId::root()).await? {
        println!("  {:6} {}", item.kind.as_str(), item.name);
    }

    let text = "It came by Wharf.\n";
    let upload = Upload {
        content: stream::iter([Ok(text.into())]).boxed(),
        size_bytes: Some(text.len() as u64),
        content_type: "text/plain".parse::<ContentType>()?,
    };
    let (top, name) = (ItemId::root(), "Wharf example.txt".parse()?);
    let written = storage
        .write(&top, &name, NameConflict::Number, upload)
        .await?;
    let verified = written.verification.as_str();
    println!("stored {:?}, verified by {verified}", written.item.name);

    let content = storage.read(&written.item.id, None).await?.content;
    let pieces: Vec<_> = content.try_collect().await?;
    println!("read {} bytes", pieces.concat().len());
    let removal = storage.delete(&written.item.id).await?;
    println!("{}", removal.as_str());
    Ok(())
}

async fn list(storage: &dyn StorageBackend, folder: &ItemId) -> Result<Vec<Item>, StorageError> {
    let batches: Vec<_> = storage.list(folder).await?.try_collect().await?;
    Ok(batches.into_iter().flat_map(|batch| batch.items).collect())
}
