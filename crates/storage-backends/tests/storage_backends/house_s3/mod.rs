//! The house's storage in a bucket.

mod access;
mod checkpoints;
mod dialects;
#[path = "../../s3/server.rs"]
mod server;
mod storing;

use futures_util::{StreamExt, TryStreamExt, stream};
use wharf_domain::conformance::storage::Opened;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::id::UserId;
use wharf_domain::item::{ItemId, ItemName};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageError, Written};

use crate::support::registry_in_bucket;

use self::server::S3Server;

wharf_domain::storage_conformance!(house_s3, crate::house_s3::opened().await);

pub(crate) async fn opened() -> Opened {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf/some/prefix", &access::granted(&server));
    Opened {
        storage: registry.house(user(1)),
        kept: Box::new(server),
    }
}

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

/// A content of so many bytes, in chunks, that tells its length or does not.
fn upload(size: usize, is_announced: bool) -> Upload {
    let chunks: Vec<_> = bytes(size)
        .chunks(64 * 1024)
        .map(|chunk| Ok(chunk.to_vec().into()))
        .collect();
    Upload {
        content: stream::iter(chunks).boxed(),
        size_bytes: is_announced.then_some(size as u64),
        content_type: ContentType::octet_stream(),
    }
}

/// Bytes without a short period.
fn bytes(size: usize) -> Vec<u8> {
    (0_u32..)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .take(size)
        .collect()
}

async fn write(
    storage: &dyn StorageBackend,
    name: &str,
    upload: Upload,
) -> Result<Written, StorageError> {
    let (root, name): (_, ItemName) = (ItemId::root(), name.parse().unwrap());
    storage
        .write(&root, &name, NameConflict::Fail, upload)
        .await
}

async fn read(storage: &dyn StorageBackend, id: &ItemId) -> Vec<u8> {
    let download = storage.read(id, None).await.unwrap();
    let chunks: Vec<_> = download.content.try_collect().await.unwrap();
    chunks.concat()
}
