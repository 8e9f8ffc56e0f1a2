//! From a request's body to a storage. The body belongs to the thread that serves the connection,
//! the storage reads on another; between them is a channel that holds a few chunks and no more
//! and that ends cleanly only if the sender said so.

use std::pin::pin;

use bytes::Bytes;
use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc;
use wharf::domain::content::{UploadInterrupted, UploadStream};

use crate::error::ApiError;

/// How many chunks may wait.
const CHUNKS: usize = 4;

/// The size of the largest chunk, in bytes.
const MAX_CHUNK_BYTES: usize = 64 * 1024;

/// What goes through the channel. A channel that closes without an end means that the sender is gone.
enum Message {
    Chunk(Bytes),
    End,
}

/// The sending side of an upload.
pub(crate) struct Sender(mpsc::Sender<Message>);

/// An upload to be filled, and the stream that a storage reads it from.
pub(crate) fn channel() -> (Sender, UploadStream) {
    let (sender, receiver) = mpsc::channel(CHUNKS);
    let content = stream::unfold(Some(receiver), async |receiver| {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Message::Chunk(chunk)) => Some((Ok(chunk), Some(receiver))),
            Some(Message::End) => None,
            None => Some((Err(UploadInterrupted), None)),
        }
    });
    (Sender(sender), Box::pin(content.fuse()))
}

/// Runs `store`, which reads the upload, while `bytes` are moved into it.
///
/// A body that fails is the reason that is given, once `store` has cleaned up behind it. A `store`
/// that has its answer before the end of the body is not kept waiting for it.
pub(crate) async fn forwarding<T>(
    bytes: impl Stream<Item = Result<Bytes, ApiError>>,
    sender: Sender,
    store: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    match select(pin!(store), pin!(forward(bytes, sender))).await {
        Either::Left((stored, _)) => stored,
        Either::Right((forwarded, store)) => {
            let stored = store.await;
            forwarded.and(stored)
        }
    }
}

async fn forward(
    bytes: impl Stream<Item = Result<Bytes, ApiError>>,
    Sender(sender): Sender,
) -> Result<(), ApiError> {
    let mut bytes = pin!(bytes);
    while let Some(chunk) = bytes.next().await {
        let mut rest = chunk?;
        while !rest.is_empty() {
            let chunk = rest.split_to(rest.len().min(MAX_CHUNK_BYTES));
            if sender.send(Message::Chunk(chunk)).await.is_err() {
                // The storage reads no more: it has its answer.
                return Ok(());
            }
        }
    }
    // The same holds here.
    let _ = sender.send(Message::End).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;
    use crate::error::Code;

    type Chunks = Vec<Result<&'static [u8], Code>>;

    fn body(chunks: Chunks) -> impl Stream<Item = Result<Bytes, ApiError>> {
        let chunk = |chunk: Result<&'static [u8], Code>| {
            chunk.map(Bytes::from_static).map_err(ApiError::new)
        };
        stream::iter(chunks.into_iter().map(chunk))
    }

    async fn read(content: UploadStream) -> Result<Vec<u8>, ApiError> {
        let whole: Result<Vec<Bytes>, UploadInterrupted> = content.try_collect().await;
        whole
            .map(|chunks| chunks.concat())
            .map_err(|_| ApiError::new(Code::Conflict))
    }

    async fn run(chunks: Chunks) -> Result<Vec<u8>, Code> {
        let (sender, content) = channel();
        let stored = forwarding(body(chunks), sender, read(content)).await;
        stored.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_whole_body_arrives_whole() {
        assert_eq!(run(vec![]).await, Ok(vec![]));
        let many = vec![Ok(&b"abc"[..]); 20];
        assert_eq!(run(many).await, Ok(b"abc".repeat(20)));
    }

    #[tokio::test]
    async fn a_body_that_fails_is_the_reason_and_never_a_clean_end() {
        let failed = run(vec![Ok(b"abc"), Err(Code::UploadIncomplete)]).await;
        assert_eq!(failed, Err(Code::UploadIncomplete));
    }

    #[tokio::test]
    async fn a_sender_that_is_gone_interrupts_the_upload() {
        let (sender, content) = channel();
        sender
            .0
            .send(Message::Chunk(Bytes::from_static(b"abc")))
            .await
            .unwrap_or_default();
        drop(sender);
        assert_eq!(read(content).await.unwrap_err().code(), Code::Conflict);
    }

    #[tokio::test]
    async fn a_large_chunk_is_split() {
        let (sender, content) = channel();
        let chunk: &'static [u8] = &[7; MAX_CHUNK_BYTES + 1];
        let lengths = async {
            let lengths = content.map_ok(|chunk| chunk.len()).try_collect::<Vec<_>>();
            Ok(lengths.await.unwrap())
        };
        let lengths = forwarding(body(vec![Ok(chunk)]), sender, lengths).await;
        assert_eq!(lengths.unwrap(), [MAX_CHUNK_BYTES, 1]);
    }

    #[tokio::test]
    async fn an_early_answer_does_not_wait_for_the_body() {
        let (sender, content) = channel();
        let refuse = async {
            drop(content);
            Err::<(), _>(ApiError::new(Code::StorageDisconnected))
        };
        let endless = stream::repeat_with(|| Ok(Bytes::from_static(b"abc")));
        let refused = forwarding(endless.chain(stream::pending()), sender, refuse).await;
        assert_eq!(refused.unwrap_err().code(), Code::StorageDisconnected);
    }
}
