//! The bytes of an object, in chunks of bounded size.

use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use object_store::{GetResult, GetResultPayload};
use tokio::io::AsyncReadExt;
use wharf_domain::content::DownloadStream;
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};

use super::error::{failed, refused};

/// The most bytes of one chunk.
const CHUNK_BYTES: usize = 64 * 1024;

/// Streams what was got. A file of the local disk is read here: the store's own stream hops between
/// threads every 8 KiB.
pub(crate) fn content(got: GetResult) -> Result<DownloadStream, StorageError> {
    let range = got.range;
    match got.payload {
        GetResultPayload::File(file, _) => file_content(file, range).map_err(read_failed),
        GetResultPayload::Stream(parts) => Ok(parts
            .map_err(|error| failed(&error, Operation::Read))
            .boxed()),
    }
}

fn file_content(mut file: File, range: Range<u64>) -> io::Result<DownloadStream> {
    // Moving the position touches no disk.
    file.seek(SeekFrom::Start(range.start))?;
    let mut file = tokio::fs::File::from_std(file);
    file.set_max_buf_size(CHUNK_BYTES);
    let state = (file, range.end.saturating_sub(range.start));
    let parts = stream::try_unfold(state, |(mut file, left)| async move {
        let part = next_part(&mut file, left).await.map_err(read_failed)?;
        Ok(part.map(|part| {
            let left = left.saturating_sub(part.len() as u64);
            (part, (file, left))
        }))
    });
    Ok(parts.boxed())
}

/// The next chunk of what is left; an error if the file has become shorter.
async fn next_part(file: &mut tokio::fs::File, left: u64) -> io::Result<Option<Bytes>> {
    if left == 0 {
        return Ok(None);
    }
    let most = usize::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
    let mut part = BytesMut::with_capacity(most);
    if file.take(left).read_buf(&mut part).await? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(part.freeze()))
}

fn read_failed(error: io::Error) -> StorageError {
    refused(StorageErrorKind::Failed, Operation::Read).caused_by(error)
}
