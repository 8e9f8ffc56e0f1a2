//! The end of a chunked upload: the MOVE that makes one file of the chunks. It may take longer than proxies
//! wait, so whatever its answer leaves open is told by looking.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/chunking.html>

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderName, HeaderValue};
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::verification::Verification;

use crate::fault::{Fault, UnwantedStatus};
use crate::webdav::{DESTINATION, IF, ItemPath, OVERWRITE, aside, metadata, method, of_answer};

use super::account::Account;
use super::chunks::{TOTAL_LENGTH, arrived};

/// Under this name an upload folder shows the file that its chunks make.
const WHOLE: &str = ".file";

/// Kept by the server as it came, so that the file can be told from any other.
const CHECKSUM: HeaderName = HeaderName::from_static("oc-checksum");

/// What is asked of a file that may be the one.
const CHECKSUMS: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<propfind xmlns="DAV:" xmlns:oc="http://owncloud.org/ns"><prop>"#,
    "<resourcetype/><getcontentlength/><oc:checksums/>",
    "</prop></propfind>"
);

/// How long to wait before each further look. A minute in all, for whoever uploads waits meanwhile.
const PAUSES: [Duration; 7] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// What must hold of the target.
pub(super) enum Guard<'g> {
    /// Nothing is there.
    Free,
    /// Any file is there.
    Any,
    /// The file with this tag is there.
    Tag(&'g EntityTag),
}

/// The chunks in a folder, all of them there.
pub(super) struct Assembly<'a> {
    pub(super) account: &'a Account,
    pub(super) folder: &'a ItemPath,
    pub(super) size_bytes: u64,
    /// The SHA-256 of the whole.
    pub(super) digest: &'a str,
}

/// What one MOVE came to.
enum Moved {
    Done(Verification),
    /// The file is there, with other bytes than were sent.
    Damaged,
    /// The guard does not hold.
    Refused,
}

impl Assembly<'_> {
    /// Makes the file at `target`; `None` if the guard does not hold.
    pub(super) async fn place(
        &self,
        target: &ItemPath,
        guard: &Guard<'_>,
    ) -> Result<Option<Verification>, Fault> {
        let mut pauses = PAUSES.iter();
        let mut is_first = true;
        loop {
            let fault = match self.ask(target, guard).await {
                Ok(Moved::Done(verification)) => return Ok(Some(verification)),
                Ok(Moved::Refused) if is_first => return Ok(None),
                // It may be the file itself that is in the way.
                Ok(Moved::Refused) => {
                    return Ok(self
                        .is_there(target)
                        .await
                        .then_some(Verification::SizeOnly));
                }
                Ok(Moved::Damaged) => {
                    let damaged = StorageErrorKind::IntegrityMismatch.into();
                    // R-17: what was there before cannot come back, and its id is the replacement's.
                    if matches!(guard, Guard::Free) {
                        aside::is_gone(&self.account.files, target, &damaged).await;
                    }
                    return Err(damaged);
                }
                Err(fault) if self.is_short(&fault).await => {
                    return Err(StorageErrorKind::IntegrityMismatch.into());
                }
                Err(fault) => fault,
            };
            // The folder goes with the upload, so a second MOVE may find none; and the server clears it away
            // where it takes an upload for forgotten.
            let is_over = has_status(&fault, 404);
            if !is_over && !may_yet_be_done(&fault) {
                return Err(fault);
            }
            if self.is_there(target).await {
                return Ok(Some(Verification::SizeOnly));
            }
            // Who says that it has failed is believed; it is others on the way that wait no longer.
            let pause = pauses
                .next()
                .filter(|_| !is_over && !has_status(&fault, 500));
            let Some(pause) = pause else {
                let lost = if is_over {
                    StorageErrorKind::Interrupted.into()
                } else {
                    fault
                };
                return Err(lost);
            };
            tokio::time::sleep(*pause).await;
            if self.is_there(target).await {
                return Ok(Some(Verification::SizeOnly));
            }
            is_first = false;
        }
    }

    async fn ask(&self, target: &ItemPath, guard: &Guard<'_>) -> Result<Moved, Fault> {
        let uploads = &self.account.uploads;
        let whole = self.folder.child(WHOLE.as_bytes());
        let whole = whole.ok_or(StorageErrorKind::NameNotAllowed)?;
        let destination = self.account.address_of(target);
        let overwrite = match guard {
            Guard::Free => "F",
            Guard::Any | Guard::Tag(_) => "T",
        };
        let mut request = uploads
            .request(method("MOVE"), &whole, ItemKind::File)
            .await?
            .header(OVERWRITE, HeaderValue::from_static(overwrite))
            .header(TOTAL_LENGTH, HeaderValue::from(self.size_bytes))
            .header(CHECKSUM, self.checksum());
        if let Guard::Tag(tag) = guard {
            // RFC 4918, section 10.4.
            request = request.header(IF, format!("<{destination}> ([{}])", tag.as_str()));
        }
        let request = aside::asking_for_hash(request.header(DESTINATION, destination));
        let answer = uploads.send(request).await?;
        match answer.status() {
            StatusCode::CREATED | StatusCode::NO_CONTENT => {
                let judged = aside::judged(answer.headers(), self.digest);
                Ok(judged.map_or(Moved::Damaged, Moved::Done))
            }
            StatusCode::PRECONDITION_FAILED => Ok(Moved::Refused),
            _ => Err(of_answer(&answer)),
        }
    }

    /// Whether the server refused because it has not kept all bytes of the chunks that it took.
    async fn is_short(&self, fault: &Fault) -> bool {
        let kept = has_status(fault, 400).then(|| arrived(self.account, self.folder, WHOLE));
        match kept {
            Some(kept) => kept.await.is_ok_and(|kept| kept != Some(self.size_bytes)),
            None => false,
        }
    }

    /// Whether the file at this path is what the chunks make.
    async fn is_there(&self, target: &ItemPath) -> bool {
        let there = metadata::properties(&self.account.files, target, CHECKSUMS).await;
        there.is_ok_and(|there| {
            let checksums = there.checksum.unwrap_or_default();
            let is_ours = checksums.split(' ').any(|it| it == self.checksum());
            is_ours && there.size_bytes == Some(self.size_bytes)
        })
    }

    fn checksum(&self) -> String {
        format!("SHA256:{}", self.digest)
    }
}

/// Whether the server may be at it still, or be done.
fn may_yet_be_done(fault: &Fault) -> bool {
    fault.is_of_unknown_outcome() || fault.kind == StorageErrorKind::Locked
}

fn has_status(fault: &Fault, status: u16) -> bool {
    fault.source() == Some(&UnwantedStatus(status))
}
