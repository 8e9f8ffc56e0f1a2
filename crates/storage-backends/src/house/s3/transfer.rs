//! A content on its way to one key of a bucket: what fits into one part goes in one request, and what does
//! not as a multipart upload, which is completed on a condition.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use http::header::{IF_MATCH, IF_NONE_MATCH};
use object_store::aws::AmazonS3;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, GetOptions, MultipartId, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload,
};
use wharf_domain::content::Upload;
use wharf_domain::ports::storage::{Operation, ReplaceGuard, StorageError, StorageErrorKind};
use wharf_domain::verification::Verification;

use crate::parts::{Part, Parts};
use crate::undo::Undo;

use super::super::error::{failed, interrupted, refused};
use super::super::key::Key;
use super::super::room::Room;
use super::super::shelf::Condition;
use super::Bucket;
use super::door::Confirmed;

/// The size of a part: the smallest that S3 takes (but for the last). It is in memory until the server has
/// confirmed it, so this is what a transfer costs, beside the chunk that comes in just now.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// The most parts that S3 takes, and so the largest content: 48.8 GiB. Larger parts would cost memory.
const MAX_PARTS: usize = 10_000;

/// The name of the mark that an object of ours bears.
const MARK: &str = "wharf-upload";

/// The transfer.
pub(super) struct Transfer<'r> {
    bucket: &'r Bucket,
    room: &'r Room,
    key: &'r Key,
    condition: Condition<'r>,
    traces: Arc<Traces>,
}

/// What a transfer may leave behind.
struct Traces {
    bucket: Bucket,
    path: Path,
    /// Tells an object that came of this transfer from any other. It is kept with the object, where the
    /// server keeps such things.
    mark: String,
    is_new: bool,
    session: OnceLock<MultipartId>,
    /// Whether the last request, which makes the object, has begun.
    is_closing: AtomicBool,
}

impl<'r> Transfer<'r> {
    /// A transfer that has not begun.
    pub(super) fn new(
        bucket: &'r Bucket,
        room: &'r Room,
        key: &'r Key,
        condition: Condition<'r>,
    ) -> Self {
        let traces = Traces {
            bucket: bucket.clone(),
            path: room.path(key),
            mark: room.fresh_name(),
            is_new: matches!(condition, Condition::Free),
            session: OnceLock::new(),
            is_closing: AtomicBool::new(false),
        };
        Self {
            bucket,
            room,
            key,
            condition,
            traces: Arc::new(traces),
        }
    }

    /// Sends the content; how it is known to be what the bucket has.
    pub(super) async fn run(self, upload: Upload) -> Result<Verification, StorageError> {
        let undo = Undo::on_drop(&self.room.background, Arc::clone(&self.traces).remove());
        let sent = self.send(upload).await;
        if sent.is_err() {
            Arc::clone(&self.traces).remove().await;
        }
        undo.defuse();
        sent
    }

    async fn send(&self, upload: Upload) -> Result<Verification, StorageError> {
        if upload.size_bytes > Some((PART_BYTES * MAX_PARTS) as u64) {
            return Err(refused(StorageErrorKind::TooLarge, Operation::Write));
        }
        let mut parts = Parts::of(upload, PART_BYTES, &[])
            .await
            .map_err(interrupted)?;
        let first = parts.next().await.map_err(interrupted)?;
        if first.is_last {
            return self.put(first).await;
        }
        let (session, sent) = self.send_parts(first, parts).await?;
        self.complete(session, sent).await
    }

    async fn put(&self, whole: Part) -> Result<Verification, StorageError> {
        let _turn = self.room.turns.take(self.traces.path.as_ref()).await;
        let object = self.room.check(self.key, self.condition).await?;
        let options = PutOptions {
            attributes: self.traces.attributes(),
            ..PutOptions::default()
        };
        self.traces.is_closing.store(true, Ordering::Relaxed);
        let put = match self.client(object.as_ref()) {
            Ok(client) => {
                let payload = payload(&whole);
                client.put_opts(&self.traces.path, payload, options).await
            }
            Err(error) => Err(error),
        };
        match put {
            Ok(put) if put.extensions.get::<Confirmed>().is_some() => Ok(Verification::Digest),
            Ok(_) => Ok(Verification::SizeOnly),
            Err(error) => self.judge(&error).await,
        }
    }

    /// Sends all parts, one after another.
    async fn send_parts(
        &self,
        first: Part,
        mut parts: Parts,
    ) -> Result<(&MultipartId, Vec<PartId>), StorageError> {
        let Traces { path, session, .. } = &*self.traces;
        let options = PutMultipartOptions {
            attributes: self.traces.attributes(),
            ..PutMultipartOptions::default()
        };
        let objects = &self.bucket.objects;
        let begun = objects.create_multipart_opts(path, options).await;
        let begun = begun.map_err(|error| write_failed(&error))?;
        let session = session.get_or_init(|| begun);

        let mut sent = Vec::new();
        let mut part = first;
        loop {
            let number = sent.len();
            let put = objects
                .put_part(path, session, number, payload(&part))
                .await;
            sent.push(put.map_err(|error| write_failed(&error))?);
            if part.is_last {
                return Ok((session, sent));
            }
            if sent.len() == MAX_PARTS {
                return Err(refused(StorageErrorKind::TooLarge, Operation::Write));
            }
            part = parts.next().await.map_err(interrupted)?;
        }
    }

    async fn complete(
        &self,
        session: &MultipartId,
        sent: Vec<PartId>,
    ) -> Result<Verification, StorageError> {
        // What the crate keeps of a part names the digest that the server confirmed, and completing repeats
        // it.
        let is_confirmed = sent
            .iter()
            .all(|part| part.content_id.contains("checksum_sha256"));
        let _turn = self.room.turns.take(self.traces.path.as_ref()).await;
        let object = self.room.check(self.key, self.condition).await?;
        self.traces.is_closing.store(true, Ordering::Relaxed);
        let completed = match self.client(object.as_ref()) {
            Ok(client) => {
                let path = &self.traces.path;
                client.complete_multipart(path, session, sent).await
            }
            Err(error) => Err(error),
        };
        match completed {
            Ok(_) if is_confirmed => Ok(Verification::Digest),
            Ok(_) => Ok(Verification::SizeOnly),
            Err(error) => self.judge(&error).await,
        }
    }

    /// A client for the last request, which stores nothing if somebody else was faster.
    fn client(&self, object: Option<&ObjectMeta>) -> object_store::Result<Arc<AmazonS3>> {
        let tag = object.and_then(|object| object.e_tag.as_deref());
        match (self.condition, tag) {
            (Condition::Free, _) => self.bucket.on_condition(IF_NONE_MATCH, "*").map(Arc::new),
            (Condition::Still(ReplaceGuard::Matches(_)), Some(tag)) => {
                self.bucket.on_condition(IF_MATCH, tag).map(Arc::new)
            }
            (Condition::Still(_), _) => Ok(Arc::clone(&self.bucket.objects)),
        }
    }

    /// What the failure of the last request means. Its answer may have been lost, and what was asked once more
    /// been refused because of what it did the first time: so it is looked for what came of it.
    async fn judge(&self, error: &object_store::Error) -> Result<Verification, StorageError> {
        let failure = self.failure(error);
        if failure.kind != StorageErrorKind::IntegrityMismatch && self.traces.are_stored().await {
            return Ok(Verification::SizeOnly);
        }
        Err(failure)
    }

    fn failure(&self, error: &object_store::Error) -> StorageError {
        let failure = write_failed(error);
        let kind = match (self.condition, &failure.kind) {
            // The latter is what S3 answers while somebody else's request is under way.
            (
                Condition::Free,
                StorageErrorKind::PreconditionFailed | StorageErrorKind::AlreadyExists,
            ) => StorageErrorKind::AlreadyExists,
            (Condition::Still(_), StorageErrorKind::AlreadyExists) => {
                StorageErrorKind::PreconditionFailed
            }
            _ => return failure,
        };
        refused(kind, Operation::Write)
    }
}

impl Traces {
    fn attributes(&self) -> Attributes {
        let mark = Attribute::Metadata(MARK.into());
        Attributes::from_iter([(mark, self.mark.clone())])
    }

    /// Whether the object at the key is what came of this transfer.
    async fn are_stored(&self) -> bool {
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        let object = self.bucket.objects.get_opts(&self.path, options).await;
        object.is_ok_and(|object| {
            let mark = object.attributes.get(&Attribute::Metadata(MARK.into()));
            mark.is_some_and(|mark| mark.as_ref() == self.mark)
        })
    }

    /// Removes what nobody is to see. A replaced object stays replaced: its old content is gone.
    async fn remove(self: Arc<Self>) {
        let objects = &self.bucket.objects;
        let mut left = false;
        let is_closing = self.is_closing.load(Ordering::Relaxed);
        if is_closing && self.is_new && self.are_stored().await {
            let deleted = objects.delete(&self.path).await;
            left |= deleted.is_err();
        }
        if let Some(session) = self.session.get() {
            match objects.abort_multipart(&self.path, session).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(_) => left = true,
            }
        }
        if left {
            tracing::warn!("a part of an upload is left behind in the house's storage");
        }
    }
}

fn payload(part: &Part) -> PutPayload {
    part.chunks().collect()
}

/// A key that is written to is not looked for: what is missing then is the bucket, or the upload.
fn write_failed(error: &object_store::Error) -> StorageError {
    let failure = failed(error, Operation::Write);
    match failure.kind {
        StorageErrorKind::NotFound => refused(StorageErrorKind::Failed, Operation::Write),
        _ => failure,
    }
}
