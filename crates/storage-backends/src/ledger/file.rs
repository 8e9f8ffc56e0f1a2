//! The ledger as a file: one line an entry, only ever appended to.
//!
//! A line that a crash cut off has no end; the next entry begins a line of its own, and the cut one is
//! none. Two processes may append at once: each line is one write.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use tokio::task::spawn_blocking;
use wharf_domain::ports::deletion_ledger::{Deletion, DeletionLedger, Deletions, LedgerError};

use super::{BATCH, read, written};
use crate::appended::append_line;

/// No line is longer than two ids and what is between them; a longer one is none of ours.
const MAX_LINE_BYTES: u64 = 256;

/// The ledger in a file of the local disk.
#[derive(Clone, Debug)]
pub struct FileLedger(PathBuf);

impl FileLedger {
    /// The ledger in this file, which is made with the first entry, for its owner's eyes only.
    pub const fn at(path: PathBuf) -> Self {
        Self(path)
    }
}

#[async_trait]
impl DeletionLedger for FileLedger {
    async fn append(&self, deletion: Deletion) -> Result<(), LedgerError> {
        let path = self.0.clone();
        blocking(move || append_line(&path, &written(deletion))).await
    }

    async fn read(&self) -> Result<Deletions, LedgerError> {
        let path = self.0.clone();
        let Some(file) = blocking(move || open(&path)).await? else {
            return Ok(stream::empty().boxed());
        };
        let batches = stream::try_unfold((file, 0), |(mut file, mut line)| async move {
            let read = spawn_blocking(move || {
                let batch = next_batch(&mut file, &mut line)?;
                Ok((batch, file, line))
            });
            let (batch, file, line) = read.await.map_err(|error| unavailable(error.into()))??;
            Ok((!batch.is_empty()).then_some((batch, (file, line))))
        });
        Ok(batches.boxed())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, LedgerError> {
    let worked = spawn_blocking(work).await;
    let worked = worked.map_err(|error| unavailable(error.into()))?;
    worked.map_err(|error| unavailable(error.into()))
}

fn unavailable(source: Box<dyn std::error::Error + Send + Sync>) -> LedgerError {
    LedgerError::Unavailable(source)
}

fn open(path: &Path) -> io::Result<Option<BufReader<File>>> {
    match File::open(path) {
        Ok(file) => Ok(Some(BufReader::new(file))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads entries until there are enough of them or no more.
fn next_batch(file: &mut BufReader<File>, line: &mut u64) -> Result<Vec<Deletion>, LedgerError> {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        let mut text = Vec::new();
        let read_bytes = file.take(MAX_LINE_BYTES).read_until(b'\n', &mut text);
        let read_bytes = read_bytes.map_err(|error| unavailable(error.into()))?;
        if read_bytes == 0 {
            break;
        }
        *line += 1;
        let is_whole = text.pop_if(|last| *last == b'\n').is_some();
        match str::from_utf8(&text).ok().and_then(read) {
            Some(deletion) => batch.push(deletion),
            // What a crash cut off is the beginning of an entry, and no more.
            None if is_cut_off(&text, is_whole) => {}
            None => {
                return Err(LedgerError::Inconsistent {
                    entry: format!("line {line}"),
                });
            }
        }
    }
    Ok(batch)
}

/// Whether the line may be the beginning of an entry: shorter than one, and of the same characters.
fn is_cut_off(text: &[u8], is_whole: bool) -> bool {
    const ENTRY_BYTES: usize = 36 + 1 + 36;
    let is_ours = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'_');
    text.len() < ENTRY_BYTES && text.iter().all(is_ours) && (is_whole || !text.is_empty())
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;
    use wharf_domain::id::{ErasureId, UserId};

    use super::*;

    fn deletion(number: u8) -> Deletion {
        Deletion {
            erasure: ErasureId::from_bytes([number; 16]),
            user: UserId::from_bytes([number + 1; 16]),
        }
    }

    async fn all(ledger: &FileLedger) -> Result<Vec<Deletion>, LedgerError> {
        let batches: Vec<_> = ledger.read().await?.try_collect().await?;
        Ok(batches.concat())
    }

    // K-09
    #[tokio::test]
    async fn entries_come_back_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = FileLedger::at(folder.path().join("deletions.log"));
        assert_eq!(all(&ledger).await.unwrap(), []);

        for number in 1..=3 {
            ledger.append(deletion(number)).await.unwrap();
        }

        assert_eq!(all(&ledger).await.unwrap(), [1, 2, 3].map(deletion));
        let text = std::fs::read_to_string(folder.path().join("deletions.log")).unwrap();
        let first = "01010101-0101-0101-0101-010101010101_02020202-0202-0202-0202-020202020202\n";
        assert!(text.starts_with(first), "{text}");
    }

    // K-09: cut off at any byte, and gone on with.
    #[tokio::test]
    async fn an_entry_that_was_cut_off_is_none_and_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deletions.log");
        let whole = format!("{}\n{}\n", written(deletion(1)), written(deletion(2)));
        let second = whole.len() / 2;
        for cut in second..whole.len() - 1 {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let ledger = FileLedger::at(path.clone());
            assert_eq!(all(&ledger).await.unwrap(), [deletion(1)], "cut at {cut}");
            ledger.append(deletion(3)).await.unwrap();
            let expected = [deletion(1), deletion(3)];
            assert_eq!(all(&ledger).await.unwrap(), expected, "cut at {cut}");
        }
    }

    #[tokio::test]
    async fn a_file_of_somebody_else_s_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deletions.log");
        for other in ["hello\n", "\u{fffd}\n", &"a".repeat(5_000), &"0".repeat(73)] {
            let text = format!("{}\n{other}", written(deletion(1)));
            std::fs::write(&path, text).unwrap();
            let refused = all(&FileLedger::at(path.clone())).await.unwrap_err();
            assert!(
                matches!(&refused, LedgerError::Inconsistent { entry } if entry == "line 2"),
                "{other}: {refused}"
            );
        }
    }

    #[tokio::test]
    async fn more_entries_than_are_read_at_once_are_all_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deletions.log");
        let lines = format!("{}\n", written(deletion(9))).repeat(2 * BATCH + 1);
        std::fs::write(&path, lines).unwrap();
        let read = all(&FileLedger::at(path)).await.unwrap();
        assert_eq!(read, vec![deletion(9); 2 * BATCH + 1]);
    }
}
