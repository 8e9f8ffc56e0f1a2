//! Checkpoints in a file that is only ever appended to: on another disk, or on one that some program ships
//! elsewhere line by line.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::task::spawn_blocking;
use wharf_domain::ports::checkpoint_copies::{CheckpointCopies, CopyError};

use super::failed;
use crate::appended::append_line;

/// So much of the end is read: more than thirty thousand checkpoints, and each speaks for all before it.
const LATEST_BYTES: u64 = 16 * 1024 * 1024;

/// A file of checkpoints, one a line.
#[derive(Clone, Debug)]
pub struct CheckpointFile {
    path: Arc<Path>,
}

impl CheckpointFile {
    /// The file of this name. It is made when there is a checkpoint, for its owner's eyes only.
    pub fn new(path: PathBuf) -> Self {
        Self { path: path.into() }
    }
}

#[async_trait]
impl CheckpointCopies for CheckpointFile {
    fn place(&self) -> &'static str {
        "checkpoint file"
    }

    /// The line is on the disk before this returns.
    async fn keep(&self, _: u64, line: &str) -> Result<(), CopyError> {
        let (path, line) = (Arc::clone(&self.path), line.to_owned());
        let written = spawn_blocking(move || append_line(&path, &line)).await;
        let written = written.map_err(io::Error::other).flatten();
        written.map_err(|error| failed("written to the", self.place())(error.into()))
    }

    async fn latest(&self) -> Result<Vec<String>, CopyError> {
        let path = Arc::clone(&self.path);
        let read = spawn_blocking(move || read_end(&path, LATEST_BYTES)).await;
        let read = read.map_err(io::Error::other).flatten();
        read.map_err(|error| failed("read from the", self.place())(error.into()))
    }
}

/// The whole lines among the last bytes; none if there is no file yet.
fn read_end(path: &Path, bytes: u64) -> io::Result<Vec<String>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    let begins_within = length > bytes;
    file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
    let mut text = Vec::new();
    file.take(bytes).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    // What does not end yet is being written, or was when the machine stopped.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let lines = whole.lines().skip(usize::from(begins_within));
    Ok(lines.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn lines_come_back_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoints.jsonl");
        let file = CheckpointFile::new(path.clone());
        assert_eq!(file.latest().await.unwrap(), [""; 0]);
        for line in ["one", "two"] {
            file.keep(1, line).await.unwrap();
        }
        let again = CheckpointFile::new(path.clone());
        again.keep(3, "three").await.unwrap();
        assert_eq!(file.latest().await.unwrap(), ["one", "two", "three"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\nthree\n");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn of_a_long_file_the_end_is_read_and_of_a_cut_one_what_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoints.jsonl");
        fs::write(&path, "one\ntwo\nthree\nfou").unwrap();
        assert_eq!(read_end(&path, 100).unwrap(), ["one", "two", "three"]);
        // Begins in the middle of `two`.
        assert_eq!(read_end(&path, 11).unwrap(), ["three"]);
        assert_eq!(read_end(&path, 2).unwrap(), [""; 0]);
    }

    #[tokio::test]
    async fn a_place_that_is_no_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = CheckpointFile::new(folder.path().to_owned());
        let error = file.keep(1, "one").await.unwrap_err();
        let said = "checkpoints cannot be written to the checkpoint file";
        assert_eq!(error.to_string(), said);
        assert!(file.latest().await.is_err());
    }
}
