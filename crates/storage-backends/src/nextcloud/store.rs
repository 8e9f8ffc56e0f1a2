//! Storing contents: what is small and new goes as to any WebDAV server, everything else in chunks.

use std::sync::Arc;

use wharf_domain::content::Upload;
use wharf_domain::item::{Item, ItemKind, ItemName};
use wharf_domain::ports::storage::{NameConflict, ReplaceGuard, StorageErrorKind, Written};
use wharf_domain::random::Random;
use wharf_domain::verification::Verification;

use crate::fault::Fault;
use crate::undo::Undo;
use crate::webdav::{ItemPath, aside, explained, metadata, turn_name};

use super::account::Account;
use super::assembly::{Assembly, Guard};
use super::chunks::{Chunks, fresh_folder};

/// Stores a new file in chunks, under the first free one of the names that `conflict` allows.
pub(super) async fn write(
    account: &Account,
    random: &dyn Random,
    folder: &ItemPath,
    name: &ItemName,
    conflict: NameConflict,
    upload: Upload,
) -> Result<Written, Fault> {
    let wanted = child(folder, name)?;
    // So that no gigabyte is sent in vain. A parent that is missing would show only at the end, too.
    match metadata::find(&account.files, &wanted).await? {
        Some(_) if conflict == NameConflict::Fail => {
            return Err(StorageErrorKind::AlreadyExists.into());
        }
        Some(_) => {}
        None => check_folder(account, folder).await?,
    }
    let uploaded = in_chunks(account, random, &wanted, upload, |assembly| {
        to_free_name(assembly, folder, name, conflict)
    });
    match uploaded.await {
        Ok(written) => Ok(written),
        Err(fault) => Err(explained(&account.files, folder, ItemKind::Folder, fault).await),
    }
}

/// Puts another content into the file at this path, which keeps its number and gets a version.
pub(super) async fn replace(
    account: &Account,
    random: &dyn Random,
    file: &ItemPath,
    guard: &ReplaceGuard,
    upload: Upload,
) -> Result<Written, Fault> {
    // So that no gigabyte is sent in vain.
    expected(account, file, guard).await?;
    in_chunks(account, random, file, upload, |assembly| {
        over(assembly, file, guard)
    })
    .await
}

/// Sends the content into a fresh folder and then has `place` make a file of it. Whatever fails, the
/// folder is deleted.
async fn in_chunks<'a, P>(
    account: &'a Account,
    random: &dyn Random,
    target: &ItemPath,
    upload: Upload,
    place: impl FnOnce(Sent<'a>) -> P + Send,
) -> Result<Written, Fault>
where
    P: Future<Output = Result<Written, Fault>> + Send,
{
    let size_bytes = upload.size_bytes.ok_or(StorageErrorKind::SizeRequired)?;
    let folder = fresh_folder(random)?;
    let sending = async {
        let chunks = Chunks::new(account, &folder, target, size_bytes).await?;
        let digest = chunks.send(upload).await?;
        place(Sent {
            account,
            folder: folder.clone(),
            size_bytes,
            digest,
        })
        .await
    };
    aside::or_deleted(&account.uploads, &folder, sending).await
}

/// A content that lies in an upload folder.
struct Sent<'a> {
    account: &'a Account,
    folder: ItemPath,
    size_bytes: u64,
    digest: String,
}

impl Sent<'_> {
    async fn place(
        &self,
        target: &ItemPath,
        guard: &Guard<'_>,
    ) -> Result<Option<Verification>, Fault> {
        let assembly = Assembly {
            account: self.account,
            folder: &self.folder,
            size_bytes: self.size_bytes,
            digest: &self.digest,
        };
        assembly.place(target, guard).await
    }
}

async fn to_free_name(
    sent: Sent<'_>,
    folder: &ItemPath,
    name: &ItemName,
    conflict: NameConflict,
) -> Result<Written, Fault> {
    let files = &sent.account.files;
    for candidate in conflict.candidates(name) {
        let target = child(folder, &candidate)?;
        let _turn = sent.account.turns.take(&turn_name(files, &target)).await;
        // What was there before cannot be told from ours where the answer is lost.
        if metadata::find(files, &target).await?.is_some() {
            continue;
        }
        if let Some(verification) = sent.place(&target, &Guard::Free).await? {
            let deleting =
                aside::delete_in_background(Arc::clone(files), target.clone(), aside::IN_PLACE);
            let undo = Undo::on_drop(files.background(), deleting);
            let item = metadata::item_at(files, &target).await?;
            // what the server kept is not what was sent, so it must not stay.
            check_size(&item, sent.size_bytes)?;
            undo.defuse();
            return Ok(Written { item, verification });
        }
    }
    Err(StorageErrorKind::AlreadyExists.into())
}

async fn over(sent: Sent<'_>, file: &ItemPath, guard: &ReplaceGuard) -> Result<Written, Fault> {
    let files = &sent.account.files;
    let _turn = sent.account.turns.take(&turn_name(files, file)).await;
    let old = expected(sent.account, file, guard).await?;
    let strong = old.etag.as_ref().filter(|etag| !etag.is_weak());
    let guard = match (guard, strong) {
        (ReplaceGuard::Matches(_), Some(tag)) => Guard::Tag(tag),
        _ => Guard::Any,
    };
    let placed = sent.place(file, &guard).await?;
    let verification = placed.ok_or(StorageErrorKind::PreconditionFailed)?;
    let item = metadata::item_at(files, file).await?;
    check_size(&item, sent.size_bytes)?;
    Ok(Written { item, verification })
}

/// The file, if it is what the guard says.
async fn expected(account: &Account, file: &ItemPath, guard: &ReplaceGuard) -> Result<Item, Fault> {
    let item = metadata::item_at(&account.files, file).await?;
    if item.kind == ItemKind::Folder {
        Err(StorageErrorKind::NotAFile.into())
    } else if guard.is_met_by(item.etag.as_ref()) {
        Ok(item)
    } else {
        Err(StorageErrorKind::PreconditionFailed.into())
    }
}

async fn check_folder(account: &Account, folder: &ItemPath) -> Result<(), Fault> {
    match metadata::item_at(&account.files, folder).await?.kind {
        ItemKind::Folder => Ok(()),
        ItemKind::File => Err(StorageErrorKind::NotAFolder.into()),
    }
}

fn check_size(item: &Item, sent_bytes: u64) -> Result<(), Fault> {
    match item.size_bytes {
        Some(size) if size != sent_bytes => Err(StorageErrorKind::Interrupted.into()),
        _ => Ok(()),
    }
}

fn child(folder: &ItemPath, name: &ItemName) -> Result<ItemPath, Fault> {
    let path = folder.child(name.as_str().as_bytes());
    path.ok_or_else(|| StorageErrorKind::NameNotAllowed.into())
}
