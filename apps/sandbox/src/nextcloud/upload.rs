//! Chunked uploads that are under way, each in a folder of its own.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/chunking.html>

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::blob::Blob;

/// A folder that nobody uses for so long is gone.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A user's uploads by the names of their folders.
#[derive(Debug, Default)]
pub(super) struct Uploads(HashMap<String, Upload>);

/// One upload.
#[derive(Debug)]
pub(super) struct Upload {
    /// The chunks by number, in which order they are put together.
    pub(super) chunks: BTreeMap<u16, Blob>,
    /// Whether its chunks are just being put together.
    pub(super) is_assembling: bool,
    last_used: SystemTime,
}

/// An upload that was begun and neither finished nor aborted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UploadFolder {
    /// Whose it is.
    pub login_name: String,
    /// The name of its folder.
    pub folder: String,
    /// The numbers of the chunks that have arrived.
    pub chunks: Vec<u16>,
    /// The bytes that have arrived.
    pub bytes: u64,
}

impl Uploads {
    /// Makes a folder; says whether its name was free.
    pub(super) fn begin(&mut self, folder: &str, now: SystemTime) -> bool {
        self.expire(now);
        if self.0.contains_key(folder) {
            return false;
        }
        let upload = Upload {
            chunks: BTreeMap::new(),
            is_assembling: false,
            last_used: now,
        };
        self.0.insert(folder.to_owned(), upload);
        true
    }

    /// The upload in this folder, which is in use by that.
    pub(super) fn get(&mut self, folder: &str, now: SystemTime) -> Option<&mut Upload> {
        self.expire(now);
        let upload = self.0.get_mut(folder)?;
        upload.last_used = now;
        Some(upload)
    }

    /// Removes a folder; says whether there was one.
    pub(super) fn end(&mut self, folder: &str, now: SystemTime) -> bool {
        self.expire(now);
        self.0.remove(folder).is_some()
    }

    /// The names of the folders, in order.
    pub(super) fn folders(&mut self, now: SystemTime) -> Vec<String> {
        self.expire(now);
        let mut folders: Vec<_> = self.0.keys().cloned().collect();
        folders.sort_unstable();
        folders
    }

    /// What is open, in the order of the folders' names.
    pub(super) fn open(&mut self, login_name: &str, now: SystemTime) -> Vec<UploadFolder> {
        let folders = self.folders(now).into_iter();
        let open = folders.filter_map(|folder| {
            let upload = self.0.get(&folder)?;
            Some(UploadFolder {
                login_name: login_name.to_owned(),
                folder,
                chunks: upload.chunks.keys().copied().collect(),
                bytes: upload.bytes(),
            })
        });
        open.collect()
    }

    fn expire(&mut self, now: SystemTime) {
        self.0.retain(|_, upload| {
            // Whoever asks may have looked at the clock before somebody else used it.
            let idle = now.duration_since(upload.last_used).unwrap_or_default();
            idle < LIFETIME || upload.is_assembling
        });
    }
}

impl Upload {
    /// How much has arrived.
    pub(super) fn bytes(&self) -> u64 {
        self.chunks.values().map(|chunk| chunk.size()).sum()
    }
}
