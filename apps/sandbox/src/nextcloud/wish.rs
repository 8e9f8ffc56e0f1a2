//! What a request wants of the content that it writes, by Nextcloud's own headers, and what comes of it.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html>

use std::io;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use actix_web::http::header::HeaderMap;

use super::condition::Conditions;
use crate::blob::{Blob, BlobStore, BlobWriter, Hashed};
use crate::hex::hex;

/// What a request wants.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// `X-Hash`: the digest of what arrived is to be told.
    sha256: bool,
    /// `X-OC-MTime`: when the file was modified.
    pub(super) modified: Option<SystemTime>,
    /// `OC-Checksum`: to be kept with the file, whether it is right or not.
    pub(super) checksum: Option<String>,
    /// What must hold of the file that is replaced, at the end as at the beginning.
    pub(super) conditions: Conditions,
    /// The digest, as soon as it is known.
    digest: OnceLock<String>,
}

impl Wishes {
    /// Reads the headers; `None` where `X-OC-MTime` is no number.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let modified = match text("X-OC-MTime") {
            None => None,
            Some(secs) => Some(SystemTime::UNIX_EPOCH + Duration::from_secs(secs.parse().ok()?)),
        };
        Some(Self {
            sha256: matches!(text("X-Hash"), Some("sha256" | "all")),
            modified,
            checksum: text("OC-Checksum").map(str::to_owned),
            conditions: Conditions::read(headers),
            digest: OnceLock::new(),
        })
    }

    /// Begins a content that is wished for like this.
    pub(super) fn writer(&self, blobs: &BlobStore) -> io::Result<BlobWriter> {
        blobs.writer_with(if self.sha256 {
            Hashed::Sha256
        } else {
            Hashed::Nothing
        })
    }

    /// Makes the digest of what was stored known, if it is to be told.
    pub(super) fn tell_digest(&self, stored: &Blob) -> io::Result<()> {
        if self.sha256 {
            // A request writes one file only.
            let _ = self.digest.set(hex(&stored.sha256()?));
        }
        Ok(())
    }

    /// The headers that tell what came of them.
    pub(super) fn granted(&self) -> impl Iterator<Item = (&'static str, String)> {
        let digest = self
            .digest
            .get()
            .map(|digest| ("X-Hash-SHA256", digest.clone()));
        let modified = self.modified.map(|_| ("X-OC-MTime", "accepted".to_owned()));
        digest.into_iter().chain(modified)
    }
}
