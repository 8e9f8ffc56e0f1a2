//! What an installation says that it can do: asked once, and remembered within this process.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-api-overview.html#capabilities-api>

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::webdav::Client;

use super::ocs;

/// The accounts whose abilities are remembered at most.
const MAX_KNOWN: usize = 10_000;

/// The least that a chunk may have, the last one apart: object storages behind a Nextcloud demand it.
pub(super) const LEAST_CHUNK_BYTES: u64 = 5 * 1024 * 1024;

/// The most chunks that an upload may have.
const MAX_CHUNKS: u64 = 10_000;

/// Up to here a new file goes in one request: chunks would take at least three more.
const MAX_WHOLE_BYTES: u64 = 2 * LEAST_CHUNK_BYTES;

/// Larger chunks are whole multiples of this.
pub(super) const MIB: u64 = 1024 * 1024;

/// What an installation can do for one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ability {
    /// The most that one request should carry: what stands in the way, such as a proxy, may take no more.
    max_chunk_bytes: Option<u64>,
    /// Whether what is deleted goes into a bin.
    pub(super) has_bin: bool,
}

impl Ability {
    /// Whether a new file of this size goes in one request.
    pub(super) fn takes_whole(self, size_bytes: u64) -> bool {
        size_bytes <= self.bounded(MAX_WHOLE_BYTES)
    }

    /// The size of all chunks but the last for a content of this size; `None` if it is too large.
    pub(super) fn chunk_bytes(self, size_bytes: u64) -> Option<u64> {
        let enough = size_bytes.div_ceil(MAX_CHUNKS).div_ceil(MIB) * MIB;
        let chunk_bytes = self.bounded(enough.max(LEAST_CHUNK_BYTES));
        (size_bytes.div_ceil(chunk_bytes) <= MAX_CHUNKS).then_some(chunk_bytes)
    }

    fn bounded(self, bytes: u64) -> u64 {
        self.max_chunk_bytes.map_or(bytes, |most| bytes.min(most))
    }
}

/// The abilities that are known.
#[derive(Clone, Default)]
pub(crate) struct Abilities(Arc<Mutex<HashMap<String, Ability>>>);

impl Abilities {
    /// What is known of the account under this name; asked now, if nothing is.
    pub(super) async fn of(&self, account: &str, home: &Client) -> Result<Ability, Fault> {
        if let Some(known) = self.known(account) {
            return Ok(known);
        }
        let asked = match ocs::get(home, &["cloud", "capabilities"]).await {
            Ok(told) => Told::ability(&told),
            // A server that does not tell may still do.
            Err(fault) if says_nothing(&fault) => Told::ability(&Told::default()),
            Err(fault) => return Err(fault),
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(account.to_owned(), asked);
        Ok(asked)
    }

    fn known(&self, account: &str) -> Option<Ability> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(account).copied()
    }
}

fn says_nothing(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        StorageErrorKind::NotFound | StorageErrorKind::WrongProtocol
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    capabilities: Groups,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Groups {
    files: Files,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Files {
    undelete: bool,
    chunked_upload: ChunkedUpload,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ChunkedUpload {
    /// 0 is how operators say that there is no limit.
    max_size: u64,
}

impl Told {
    fn ability(&self) -> Ability {
        let Files {
            undelete,
            chunked_upload,
        } = &self.capabilities.files;
        Ability {
            max_chunk_bytes: Some(chunked_upload.max_size).filter(|most| *most > 0),
            has_bin: *undelete,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Ability {
        serde_json::from_str::<Told>(json).unwrap().ability()
    }

    #[test]
    fn what_is_not_told_is_not_taken_for_granted() {
        let nothing = Ability {
            max_chunk_bytes: None,
            has_bin: false,
        };
        for json in [
            "{}",
            r#"{"capabilities":{"core":{}}}"#,
            r#"{"capabilities":{"files":{"chunked_upload":{"max_size":0}}}}"#,
        ] {
            assert_eq!(told(json), nothing, "{json}");
        }
        let all = r#"{"capabilities":{"files":{"undelete":true,"chunked_upload":{"max_size":9}}}}"#;
        assert_eq!(told(all).max_chunk_bytes, Some(9));
        assert!(told(all).has_bin);
    }

    #[test]
    fn chunks_are_as_small_as_may_be_and_never_too_many() {
        let free = told("{}");
        let gib = 1024 * MIB;
        assert_eq!(free.chunk_bytes(11 * MIB), Some(5 * MIB));
        assert_eq!(free.chunk_bytes(48 * gib), Some(5 * MIB));
        assert_eq!(free.chunk_bytes(50 * gib), Some(6 * MIB));
        let tight = Ability {
            max_chunk_bytes: Some(MIB),
            has_bin: true,
        };
        assert_eq!(tight.chunk_bytes(9 * gib), Some(MIB));
        assert_eq!(tight.chunk_bytes(10 * gib), None);
        assert!(free.takes_whole(10 * MIB) && !free.takes_whole(10 * MIB + 1));
        assert!(tight.takes_whole(MIB) && !tight.takes_whole(MIB + 1));
    }
}
