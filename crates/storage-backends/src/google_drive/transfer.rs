//! A content on its way into Drive, from the opening of a session to a file whose digest is the right one.
//! Nothing is to be seen of it before, and whatever ends it early clears up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use google_drive3::api::File;
use wharf_domain::content::Upload;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::verification::Verification;

use crate::digests::Algorithm;
use crate::fault::Fault;
use crate::parts::{Part, Parts};
use crate::undo::{Undo, persistently};
use crate::uploading::{OtherStored, SessionOver};

use super::client::Client;
use super::file;
use super::session::{Opening, Progress, Session, Target, UNIT};

/// What the stored content is held to. Drive tells an MD5 too, which says nothing that this does not.
const ALGORITHMS: &[Algorithm] = &[Algorithm::Sha256];

/// An upload under way.
pub(crate) struct Transfer {
    client: Arc<Client>,
    opening: Opening,
    session: Arc<Session>,
    parts: Parts,
    /// Whether the file may be there, so that ending the session is not enough.
    is_completing: Arc<AtomicBool>,
    undo: Option<Undo>,
}

impl Transfer {
    /// Opens a session, and reads nothing of the content before.
    pub(crate) async fn begin(
        client: &Arc<Client>,
        target: Target,
        upload: Upload,
    ) -> Result<Self, Fault> {
        let opening = Opening {
            target,
            content_type: upload.content_type.clone(),
            size_bytes: upload.size_bytes,
        };
        let session = Arc::new(Session::open(client, &opening).await?);
        let is_completing = Arc::new(AtomicBool::new(false));
        let undo = undo(client, &opening.target, &session, &is_completing);
        let parts = Parts::of(upload, UNIT, ALGORITHMS).await?;
        Ok(Self {
            client: Arc::clone(client),
            opening,
            session,
            parts,
            is_completing,
            undo: Some(undo),
        })
    }

    /// Sends all parts but the last, which completes the file, and gives that one back.
    pub(crate) async fn up_to_last(&mut self) -> Result<Part, Fault> {
        loop {
            let part = self.parts.next().await?;
            if part.is_last {
                return Ok(part);
            }
            match self.send(&part).await? {
                Progress::Received(_) => {}
                // Before it has got everything.
                Progress::Complete(_) => return Err(StorageErrorKind::Unavailable.into()),
            }
        }
    }

    /// Sends the last part; the file, which is what was sent, and how that is known.
    pub(crate) async fn complete(mut self, last: Part) -> Result<Completed, Fault> {
        self.is_completing.store(true, Ordering::Relaxed);
        let sent = self.send(&last).await;
        let size_bytes = last.end();
        let Self {
            client,
            opening,
            parts,
            undo,
            ..
        } = self;
        let digests = parts.into_digests();
        let stored = match sent {
            Ok(Progress::Complete(file)) => with_digest(&client, *file, opening.target.id()).await,
            Ok(Progress::Received(_)) => return Err(StorageErrorKind::Interrupted.into()),
            // Whether it is there after all, only a look tells. An id that is in use was given out for this
            // file: then the part before the one that was refused had made it.
            Err(fault)
                if fault.is_of_unknown_outcome()
                    || fault.kind == StorageErrorKind::AlreadyExists =>
            {
                let file = client.get(opening.target.id()).await;
                let file = file.ok().filter(|file| {
                    verification(file, size_bytes, &digests) == Ok(Verification::Digest)
                });
                file.ok_or(fault)?
            }
            Err(fault) => return Err(fault),
        };
        match verification(&stored, size_bytes, &digests) {
            Ok(verification) => Ok(Completed {
                file: stored,
                verification,
                undo,
            }),
            Err(other) => {
                // What replaced another content cannot be taken back here; Drive keeps the old one among
                // the file's revisions.
                if let Target::New { id, .. } = &opening.target
                    && client.insisting().remove(id).await.is_ok()
                    && let Some(undo) = undo
                {
                    undo.defuse();
                }
                Err(other.into())
            }
        }
    }

    /// Sends a part. Where the session is over before anything has arrived, another is opened: the part is
    /// all that there was so far.
    async fn send(&mut self, part: &Part) -> Result<Progress, Fault> {
        let total = self.opening.size_bytes;
        let mut sent = self.session.send(part.clone(), total).await;
        if part.first == 0 && sent.as_ref().is_err_and(is_over) {
            self.reopen().await?;
            sent = self.session.send(part.clone(), total).await;
        }
        sent.map_err(|fault| match is_over(&fault) {
            true => SessionOver.into(),
            false => fault,
        })
    }

    async fn reopen(&mut self) -> Result<(), Fault> {
        let is_completing = self.is_completing.swap(false, Ordering::Relaxed);
        self.is_completing = Arc::new(AtomicBool::new(is_completing));
        self.session = Arc::new(Session::open(&self.client, &self.opening).await?);
        let target = &self.opening.target;
        // With the one before goes its session, which the server may know after all.
        self.undo = Some(undo(
            &self.client,
            target,
            &self.session,
            &self.is_completing,
        ));
        Ok(())
    }
}

/// A file that was uploaded. Until it is kept, dropping this takes it away again.
pub(crate) struct Completed {
    pub(crate) file: File,
    pub(crate) verification: Verification,
    undo: Option<Undo>,
}

impl Completed {
    /// The file is to stay.
    pub(crate) fn keep(self) -> (File, Verification) {
        if let Some(undo) = self.undo {
            undo.defuse();
        }
        (self.file, self.verification)
    }
}

/// The file, asked for once more where its digest was not told with it.
async fn with_digest(client: &Client, file: File, id: &str) -> File {
    let has_digest = |file: &File| file::told(file, Algorithm::Sha256).is_some();
    if has_digest(&file) {
        return file;
    }
    let looked = client.get(id).await.ok();
    looked.filter(has_digest).unwrap_or(file)
}

/// What is known of a stored content by size and digests; an error if it is another one.
fn verification(
    file: &File,
    size_bytes: u64,
    digests: &[(Algorithm, String)],
) -> Result<Verification, OtherStored> {
    if file::size(file).is_some_and(|size| size != size_bytes) {
        return Err(OtherStored);
    }
    let mut verification = Verification::SizeOnly;
    for digest in digests {
        match file::told(file, digest.0) {
            Some(told) if told == *digest => verification = Verification::Digest,
            Some(_) => return Err(OtherStored),
            None => {}
        }
    }
    Ok(verification)
}

fn is_over(fault: &Fault) -> bool {
    fault.kind == StorageErrorKind::NotFound
}

/// Ends the session. A new file that may have been completed is taken away; another content of a known one
/// cannot be.
fn undo(
    client: &Arc<Client>,
    target: &Target,
    session: &Arc<Session>,
    is_completing: &Arc<AtomicBool>,
) -> Undo {
    let new = match target {
        Target::New { id, .. } => Some(id.clone()),
        Target::Known { .. } => None,
    };
    let background = client.shared.background.clone();
    let (client, session) = (client.insisting(), Arc::clone(session));
    let is_completing = Arc::clone(is_completing);
    Undo::on_drop(&background, async move {
        // What cannot be ended ends by itself.
        persistently(|| session.end()).await;
        if let Some(id) = new.filter(|_| is_completing.load(Ordering::Relaxed)) {
            persistently(|| client.remove(&id)).await;
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    //
    #[test]
    fn a_stored_content_is_held_to_all_that_drive_tells_of_it() {
        let digests = [(Algorithm::Sha256, "5a".to_owned())];
        let judged = |told: Value| {
            let file = serde_json::from_value(told).unwrap();
            verification(&file, 7, &digests)
        };
        let right = json!({"size": "7", "sha256Checksum": "5A", "md5Checksum": "3d"});
        assert_eq!(judged(right), Ok(Verification::Digest));
        for untold in [
            json!({"size": "7"}),
            json!({"size": "7", "md5Checksum": "3d"}),
        ] {
            assert_eq!(judged(untold), Ok(Verification::SizeOnly));
        }
        for other in [
            json!({"size": "8", "sha256Checksum": "5a"}),
            json!({"size": "7", "sha256Checksum": "5b"}),
            json!({"size": "8", "md5Checksum": "3d"}),
        ] {
            assert_eq!(judged(other.clone()), Err(OtherStored), "{other}");
        }
    }
}
