//! What belongs to one user: the files, the trash bin, the uploads under way, and the quota.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::node::Content;
use super::numbers::Numbers;
use super::quota::Quota;
use super::trash::Trash;
use super::tree::Tree;
use super::upload::Uploads;
use crate::blob::{Blob, BlobStore};
use crate::seed;

/// One user's home.
#[derive(Debug)]
pub(super) struct Home {
    state: Mutex<State>,
    /// Where contents go.
    pub(super) blobs: Arc<BlobStore>,
}

/// What is in it.
#[derive(Debug)]
pub(super) struct State {
    pub(super) tree: Tree,
    pub(super) trash: Trash,
    pub(super) uploads: Uploads,
    pub(super) quota: Quota,
}

impl Home {
    /// A home without files, whose contents go there.
    pub(super) fn empty(blobs: Arc<BlobStore>, numbers: Arc<Numbers>, now: SystemTime) -> Self {
        let state = State {
            tree: Tree::new(numbers, now),
            trash: Trash::default(),
            uploads: Uploads::default(),
            quota: Quota::Unlimited,
        };
        Self {
            state: Mutex::new(state),
            blobs,
        }
    }

    /// A home with the files that an account may start with.
    pub(super) fn seeded(
        blobs: Arc<BlobStore>,
        numbers: Arc<Numbers>,
        now: SystemTime,
    ) -> io::Result<Self> {
        let home = Self::empty(blobs, numbers, now);
        let mut state = home.lock();
        for path in seed::EMPTY_FOLDERS {
            state.add_folders(path, now);
        }
        for (path, content) in seed::FILES {
            if let Some((above, _)) = path.rsplit_once('/') {
                state.add_folders(above, now);
            }
            let content = Content {
                blob: Blob::fixed(content.as_bytes()),
                checksum: None,
            };
            let put = state.tree.put(path, content, now, now);
            put.map_err(io::Error::other)?;
        }
        drop(state);
        Ok(home)
    }

    /// The home for one look or one change.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Makes a folder and those above it, as far as they are missing.
    pub(super) fn add_folders(&mut self, path: &str, now: SystemTime) {
        let ends = path.match_indices('/').map(|(end, _)| end);
        for end in ends.chain([path.len()]) {
            let above = path.get(..end).unwrap_or_default();
            if !above.is_empty() && self.tree.find(above).is_none() {
                // Where a file is in the way, what comes behind finds no folder and says so.
                let _ = self.tree.add_folder(above, now);
            }
        }
    }

    /// The largest content that has room yet; `None` if any has.
    pub(super) fn room(&self) -> Option<u64> {
        self.quota.room(self.tree.all_bytes())
    }
}
