//! The bytes of an object, in chunks of bounded size.

use std::fs::File;
use std::io::SeekFrom;
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use object_store::{GetResult, GetResultPayload};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use wharf_domain::content::DownloadStream;
use wharf_domain::ports::storage::{Operation, StorageErrorKind};

use super::error::{failed, refused};

/// The most bytes of one chunk.
const CHUNK_BYTES: usize = 64 * 1024;

/// Streams what was got. A file of the local disk is read here: the store's own stream hops between
/// threads every 8 KiB.
pub(crate) fn content(got: GetResult) -> DownloadStream {
    let range = got.range;
    match got.payload {
        GetResultPayload::File(file, _) => file_content(file, range),
        GetResultPayload::Stream(parts) => parts
            .map_err(|error| failed(&error, Operation::Read))
            .boxed(),
    }
}

fn file_content(file: File, range: Range<u64>) -> DownloadStream {
    let parts = stream::once(async move {
        let mut file = tokio::fs::File::from_std(file);
        file.set_max_buf_size(CHUNK_BYTES);
        file.seek(SeekFrom::Start(range.start)).await?;
        let state = (file, range.end.saturating_sub(range.start));
        Ok(stream::try_unfold(state, |(mut file, left)| async move {
            let part = next_part(&mut file, left).await?;
            Ok(part.map(|part| {
                let left = left.saturating_sub(part.len() as u64);
                (part, (file, left))
            }))
        }))
    });
    parts
        .try_flatten()
        .map_err(|error: std::io::Error| {
            refused(StorageErrorKind::Failed, Operation::Read).caused_by(error)
        })
        .boxed()
}

/// The next chunk of what is left; an error if the file has become shorter.
async fn next_part(file: &mut tokio::fs::File, left: u64) -> std::io::Result<Option<Bytes>> {
    if left == 0 {
        return Ok(None);
    }
    let most = usize::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
    let mut part = BytesMut::with_capacity(most);
    if file.take(left).read_buf(&mut part).await? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(part.freeze()))
}
