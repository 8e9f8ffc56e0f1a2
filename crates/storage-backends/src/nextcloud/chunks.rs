//! A content's way into an upload folder, in numbered chunks. Until they are put together nothing of it is
//! visible, and the server itself clears away after a day what nobody did.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/chunking.html>

use reqwest::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use wharf_domain::content::Upload;
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::random::Random;

use crate::fault::Fault;
use crate::upload::{Ending, watched};
use crate::webdav::{DESTINATION, Depth, ItemPath, Place as Named, method, of_answer};

use super::account::Account;
use super::source::Source;

/// Lets the server refuse early what it has no room for.
pub(super) const TOTAL_LENGTH: HeaderName = HeaderName::from_static("oc-total-length");

/// What a listing of an upload folder asks for.
const SIZES: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/></prop></propfind>"#
);

/// An upload into a folder of its own.
pub(super) struct Chunks<'c> {
    account: &'c Account,
    folder: &'c ItemPath,
    /// Where the content is to go. Without it a server would take the old kind of chunks.
    destination: String,
    size_bytes: u64,
    chunk_bytes: u64,
}

/// One chunk.
#[derive(Clone, Copy)]
struct Chunk {
    number: u64,
    length: u64,
}

impl<'c> Chunks<'c> {
    /// An upload of so many bytes into this folder, on their way to this path.
    pub(super) async fn new(
        account: &'c Account,
        folder: &'c ItemPath,
        target: &ItemPath,
        size_bytes: u64,
    ) -> Result<Self, Fault> {
        let chunk_bytes = account.ability().await?.chunk_bytes(size_bytes);
        Ok(Self {
            account,
            folder,
            destination: account.address_of(target),
            size_bytes,
            chunk_bytes: chunk_bytes.ok_or(StorageErrorKind::TooLarge)?,
        })
    }

    /// Sends the content; its SHA-256.
    pub(super) async fn send(&self, upload: Upload) -> Result<String, Fault> {
        self.make_folder().await?;
        let interrupted = |_| Fault::from(StorageErrorKind::UploadInterrupted);
        let watched = watched(upload.content, Some(self.size_bytes)).await;
        let (content, ending) = watched.map_err(interrupted)?;
        let source = Source::new(Box::pin(content), self.chunk_bytes, &self.account.room);
        for number in 1..=self.size_bytes.div_ceil(self.chunk_bytes).max(1) {
            let begin = (number - 1) * self.chunk_bytes;
            let chunk = Chunk {
                number,
                length: self.chunk_bytes.min(self.size_bytes - begin),
            };
            source.begin_chunk().await;
            let sent = self.send_chunk(&source, &ending, chunk).await;
            sent.map_err(begun_in_vain)?;
        }
        Ok(source.digest().await)
    }

    async fn make_folder(&self) -> Result<(), Fault> {
        let request = self
            .account
            .uploads
            .request(method("MKCOL"), self.folder, ItemKind::Folder);
        let request = request.await?.header(DESTINATION, &self.destination);
        let answer = self.account.uploads.send(request).await?;
        if answer.status() == StatusCode::CREATED {
            Ok(())
        } else {
            Err(of_answer(&answer))
        }
    }

    /// Sends a chunk, again where it broke off. What the server says that it has counts (R-12).
    async fn send_chunk(
        &self,
        source: &Source,
        ending: &Ending,
        chunk: Chunk,
    ) -> Result<(), Fault> {
        let mut tried = 1;
        loop {
            let Err(fault) = self.put(source, chunk).await else {
                return Ok(());
            };
            // The fault of a sender who stopped looks like one of the network from here.
            if ending.is_interrupted() {
                return Err(StorageErrorKind::UploadInterrupted.into());
            }
            if !self
                .account
                .uploads
                .circuit()
                .is_another_try(&fault, tried)
                .await
            {
                return Err(fault);
            }
            let kept = arrived(self.account, self.folder, &chunk.number.to_string()).await?;
            if kept == Some(chunk.length) {
                return Ok(());
            }
            if !source.can_begin_again().await {
                return Err(fault);
            }
            tried += 1;
        }
    }

    async fn put(&self, source: &Source, chunk: Chunk) -> Result<(), Fault> {
        let uploads = &self.account.uploads;
        let path = self.folder.child(chunk.number.to_string().as_bytes());
        let path = path.ok_or(StorageErrorKind::TooLarge)?;
        let request = uploads.request(Method::PUT, &path, ItemKind::File).await?;
        let request = request
            .header(DESTINATION, &self.destination)
            .header(TOTAL_LENGTH, HeaderValue::from(self.size_bytes))
            .header(CONTENT_LENGTH, HeaderValue::from(chunk.length))
            .body(source.body(chunk.length));
        let answer = uploads.send(request).await?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(of_answer(&answer))
        }
    }
}

/// The folder went while it was in use: the server takes it for forgotten. Another upload may fare better.
fn begun_in_vain(fault: Fault) -> Fault {
    if fault.kind == StorageErrorKind::NotFound {
        StorageErrorKind::Interrupted.into()
    } else {
        fault
    }
}

/// How many bytes the server has of what stands under this name in an upload folder.
pub(super) async fn arrived(
    account: &Account,
    folder: &ItemPath,
    name: &str,
) -> Result<Option<u64>, Fault> {
    let listed = account
        .uploads
        .propfind(folder, ItemKind::Folder, Depth::Children, SIZES);
    let (mut responses, hrefs) = listed.await?;
    let mut size_bytes = None;
    while let Some(response) = responses.next().await? {
        let is_it =
            matches!(hrefs.place(&response.href), Named::Child(it) if *it == *name.as_bytes());
        if let Some(properties) = response.into_properties().filter(|_| is_it) {
            size_bytes = properties.size_bytes;
        }
    }
    Ok(size_bytes)
}

/// A fresh upload folder.
pub(super) fn fresh_folder(random: &dyn Random) -> Result<ItemPath, Fault> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let name = format!("wharf-{:032x}", u128::from_be_bytes(bytes));
    let folder = ItemPath::root().child(name.as_bytes());
    folder.ok_or_else(|| StorageErrorKind::NameNotAllowed.into())
}
