//! The operations, what each is to find, and what it is to leave.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::item::{ItemId, ItemKind};
use wharf_domain::ports::storage::{
    Destination, NameConflict, Operation, ReplaceGuard, StorageBackend, StorageError,
    StorageErrorKind, Written,
};
use wharf_domain::range::ByteRange;

use super::Scene;

/// The names in a scene.
pub(super) const FILE: &str = "file.bin";
pub(super) const SUB: &str = "sub";
const NEW: &str = "new.bin";

/// The bytes of the file that is there.
pub(super) const OLD: &[u8] = b"what was there before";

/// The bytes of a small one that comes.
const SMALL: &[u8] = b"what comes in a single request";

/// The bytes of one that comes: of two parts, whichever storage takes them.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let numbers = (0_u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes());
    numbers.take(800_000).collect()
});

/// An operation of the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    Probe,
    List,
    Metadata,
    Find,
    Read,
    ReadPart,
    Write,
    WriteSmall,
    WriteUnannounced,
    Replace,
    Relocate,
    Copy,
    CreateFolder,
    Delete,
}

impl Act {
    pub(super) const ALL: [Self; 14] = [
        Self::Probe,
        Self::List,
        Self::Metadata,
        Self::Find,
        Self::Read,
        Self::ReadPart,
        Self::Write,
        Self::WriteSmall,
        Self::WriteUnannounced,
        Self::Replace,
        Self::Relocate,
        Self::Copy,
        Self::CreateFolder,
        Self::Delete,
    ];

    /// Whether the storage has the operation.
    pub(super) fn is_had_by(self, storage: &dyn StorageBackend) -> bool {
        self != Self::WriteUnannounced || !storage.capabilities().needs_size
    }

    /// Whether it is not to change anything.
    pub(super) const fn only_reads(self) -> bool {
        matches!(
            self,
            Self::Probe | Self::List | Self::Metadata | Self::Find | Self::Read | Self::ReadPart
        )
    }

    /// Whether a content comes with its last request.
    pub(super) const fn brings_content(self) -> bool {
        matches!(self, Self::Read | Self::ReadPart)
    }

    /// Makes the operation, and panics if it succeeds with anything but what is right.
    pub(super) async fn perform(self, scene: &Scene) -> Result<(), StorageErrorKind> {
        self.attempt(scene).await.map_err(|error| error.kind)
    }

    async fn attempt(self, scene: &Scene) -> Result<(), StorageError> {
        let Scene {
            hurried: storage,
            folder,
            file,
            sub,
            ..
        } = scene;
        let to = |folder: &ItemId, name: &str| Destination {
            folder: Some(folder.clone()),
            name: Some(name.parse().unwrap()),
            conflict: NameConflict::Fail,
        };
        match self {
            Self::Probe => assert!(!storage.probe().await?.key.0.is_empty()),
            Self::List => {
                let names = names(&**storage, folder).await?;
                assert_eq!(names, [FILE, SUB]);
            }
            Self::Metadata => {
                let item = storage.metadata(file).await?;
                assert_eq!(
                    (&*item.name, item.size_bytes),
                    (FILE, Some(OLD.len() as u64))
                );
            }
            Self::Find => {
                let found = storage.find(folder, &FILE.parse().unwrap()).await?;
                // Where a name is looked up, what answers 404 says that there is none.
                let absent = StorageErrorKind::NotFound;
                let absent = || StorageError::new(absent, Operation::Metadata, None);
                assert_eq!(&found.ok_or_else(absent)?.id, file);
            }
            Self::Read => {
                let read = read(&**storage, file, None).await?;
                assert!(read == OLD, "other bytes came: {read:?}");
            }
            Self::ReadPart => {
                let range = ByteRange::Between(5, 10);
                let read = read(&**storage, file, Some(range)).await?;
                assert_eq!(read.len(), 6);
            }
            Self::Write => drop(store(&**storage, folder, NEW, &BYTES, true).await?),
            Self::WriteSmall => drop(store(&**storage, folder, NEW, SMALL, true).await?),
            Self::WriteUnannounced => drop(store(&**storage, folder, NEW, &BYTES, false).await?),
            Self::Replace => {
                let guard = ReplaceGuard::Exists;
                drop(storage.replace(file, &guard, upload(&BYTES, true)).await?);
            }
            Self::Relocate => drop(storage.relocate(file, &to(sub, NEW)).await?),
            Self::Copy => drop(storage.copy(file, &to(folder, NEW)).await?),
            Self::CreateFolder => {
                let name = NEW.parse().unwrap();
                drop(storage.create_folder(folder, &name).await?);
            }
            Self::Delete => {
                storage.delete(file).await?;
            }
        }
        Ok(())
    }

    /// Whether this is what the operation is to leave.
    pub(super) fn is_after(self, state: &State) -> bool {
        let mut expected = State::before();
        let entries = &mut expected.0;
        match self {
            Self::Write | Self::WriteUnannounced => {
                entries.push((NEW.to_owned(), Some(BYTES.clone())));
            }
            Self::WriteSmall => entries.push((NEW.to_owned(), Some(SMALL.to_vec()))),
            Self::Replace => {
                entries.retain(|(name, _)| name != FILE);
                entries.push((FILE.to_owned(), Some(BYTES.clone())));
            }
            Self::Relocate => {
                entries.retain(|(name, _)| name != FILE);
                entries.push((format!("{SUB}/{NEW}"), Some(OLD.to_vec())));
            }
            Self::Copy => entries.push((NEW.to_owned(), Some(OLD.to_vec()))),
            Self::CreateFolder => entries.push((NEW.to_owned(), None)),
            Self::Delete => entries.retain(|(name, _)| name != FILE),
            _ => {}
        }
        entries.sort();
        expected == *state
    }
}

/// All that lies in a scene, each with its bytes; a folder has none.
#[derive(PartialEq, Eq)]
pub(super) struct State(Vec<(String, Option<Vec<u8>>)>);

impl State {
    pub(super) fn before() -> Self {
        Self(vec![
            (FILE.to_owned(), Some(OLD.to_vec())),
            (SUB.to_owned(), None),
        ])
    }

    pub(super) async fn of(scene: &Scene) -> Self {
        let storage = &*scene.patient;
        let mut state = Vec::new();
        for (prefix, folder) in [("", &scene.folder), ("sub/", &scene.sub)] {
            let entries = storage.list(folder).await.unwrap();
            let batches: Vec<_> = entries.try_collect().await.unwrap();
            for item in batches.into_iter().flat_map(|batch| batch.items) {
                let content = match item.kind {
                    ItemKind::Folder => None,
                    ItemKind::File => {
                        let read = read(storage, &item.id, None).await;
                        Some(read.unwrap_or_else(|error| error.to_string().into()))
                    }
                };
                state.push((format!("{prefix}{}", item.name), content));
            }
        }
        state.sort();
        Self(state)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes = self
            .0
            .iter()
            .map(|(name, bytes)| (name, bytes.as_ref().map(Vec::len)));
        f.debug_map()
            .entries(sizes.collect::<BTreeMap<_, _>>())
            .finish()
    }
}

pub(super) async fn store(
    storage: &dyn StorageBackend,
    folder: &ItemId,
    name: &str,
    bytes: &[u8],
    is_announced: bool,
) -> Result<Written, StorageError> {
    let (name, upload) = (name.parse().unwrap(), upload(bytes, is_announced));
    storage
        .write(folder, &name, NameConflict::Fail, upload)
        .await
}

fn upload(bytes: &[u8], is_announced: bool) -> Upload {
    let pieces: Vec<_> = bytes
        .chunks(64 * 1024)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    Upload {
        content: stream::iter(pieces).boxed(),
        size_bytes: is_announced.then_some(bytes.len() as u64),
        content_type: ContentType::octet_stream(),
    }
}

async fn read(
    storage: &dyn StorageBackend,
    file: &ItemId,
    range: Option<ByteRange>,
) -> Result<Vec<u8>, StorageError> {
    let content = storage.read(file, range).await?.content;
    content.map_ok(|piece| piece.to_vec()).try_concat().await
}

async fn names(storage: &dyn StorageBackend, folder: &ItemId) -> Result<Vec<String>, StorageError> {
    let batches: Vec<_> = storage.list(folder).await?.try_collect().await?;
    let items = batches.into_iter().flat_map(|batch| batch.items);
    let mut names: Vec<_> = items.map(|item| item.name).collect();
    names.sort();
    Ok(names)
}
