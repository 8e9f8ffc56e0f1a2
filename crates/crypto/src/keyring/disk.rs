//! The key file on a Unix disk: read only if nobody else can read it, written whole or not at all.
//! Knows nothing of what is in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Origin;
use crate::error::KeyringFault;
use crate::key_id::KeyId;

/// Hundreds of keys fit; whatever is longer is some other file.
const LIMIT_BYTES: u64 = 64 * 1024;

/// Reads the file, having checked the mode of the very file that was opened.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyringFault> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => KeyringFault::Missing,
        _ => failed("open it")(error),
    })?;
    let metadata = file.metadata().map_err(failed("read its mode"))?;
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyringFault::Exposed { mode });
    }
    // Room for all of it at once, and for the read that finds the end: a vector that grows leaves
    // what it held behind.
    let mut text = Zeroizing::new(Vec::with_capacity(LIMIT_BYTES as usize + 1));
    file.take(LIMIT_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(failed("read it"))?;
    if text.len() as u64 > LIMIT_BYTES {
        return Err(KeyringFault::TooLong {
            limit_bytes: LIMIT_BYTES,
        });
    }
    Ok(text)
}

/// Puts `text` at `path` unless something is there, and makes that durable.
///
/// The text is complete on the disk under another name before it gets this one. A hard link gives the
/// name, because a rename would replace the ring that another process has made meanwhile.
pub(crate) fn publish(path: &Path, text: &[u8]) -> Result<Origin, KeyringFault> {
    let folder = folder_of(path);
    let temporary = TemporaryFile::write(folder, text)?;
    let origin = match fs::hard_link(&temporary.path, path) {
        Ok(()) => Origin::Created,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Origin::Existing,
        Err(error) => return Err(failed("create it")(error)),
    };
    // Also for a file that another process made: it may not have come to this line yet.
    sync(folder)?;
    Ok(origin)
}

/// Puts `text` in the place of what is at `path`, and makes that durable. Whoever reads meanwhile finds the
/// one or the other, whole.
pub(crate) fn replace(path: &Path, text: &[u8]) -> Result<(), KeyringFault> {
    let folder = folder_of(path);
    let temporary = TemporaryFile::write(folder, text)?;
    fs::rename(&temporary.path, path).map_err(failed("replace it"))?;
    sync(folder)
}

/// What tells one state of the file from the next: which file it is, how long, and when it was changed. A
/// file that cannot be looked at has none.
pub(crate) fn stamp(path: &Path) -> Option<[i128; 4]> {
    let metadata = fs::metadata(path).ok()?;
    let nanos = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
    let (device, inode) = (metadata.dev(), metadata.ino());
    Some([device.into(), inode.into(), metadata.len().into(), nanos])
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn sync(folder: &Path) -> Result<(), KeyringFault> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed("sync its folder"))
}

/// A file that is gone when dropped, whichever way the attempt ended.
struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    /// Writes a file for its owner alone and waits until the disk has it.
    fn write(folder: &Path, text: &[u8]) -> Result<Self, KeyringFault> {
        let path = folder.join(format!(".keyring-{}.tmp", KeyId::generate()?));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed("create it"))?;
        let temporary = Self { path };
        file.write_all(text)
            .and_then(|()| file.sync_all())
            .map_err(failed("write it"))?;
        Ok(temporary)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // Nothing depends on it: the name is random and never read.
        let _ = fs::remove_file(&self.path);
    }
}

fn failed(operation: &'static str) -> impl Fn(io::Error) -> KeyringFault {
    move |source| KeyringFault::Io { operation, source }
}
