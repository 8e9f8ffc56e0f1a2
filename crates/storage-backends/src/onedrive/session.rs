//! An upload session: a lent address, and the fragments that go there, strictly in order. What OneDrive says
//! that it expects decides what is sent, never what was sent before.
//! <https://learn.microsoft.com/graph/api/driveitem-createuploadsession>

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::issued::Issued;
use crate::parts::Part;
use crate::retry::TRIES;

use super::calls::insert_text;
use super::client::{CONTROL, lent_refused, send, told};
use super::item::DriveItem;

/// What all fragments but the last are a multiple of.
pub(crate) const UNIT: usize = 320 * 1024;

/// An open session.
pub(crate) struct Session {
    address: Issued,
    /// How many bytes there will be in all, as every fragment has to say.
    size_bytes: u64,
}

/// What became of a part.
pub(crate) enum Progress {
    /// OneDrive has got it, and expects the next.
    Received,
    /// It was the last, and this is the item.
    Complete(Box<DriveItem>),
    /// There is no such session, or no longer.
    Over,
}

/// How far an upload has come, as OneDrive tells it.
enum Told {
    Expected(u64),
    Complete(Box<DriveItem>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    /// What is missing, as `26-` or `26-99`; nothing at the end.
    next_expected_ranges: Vec<String>,
}

impl Session {
    pub(crate) const fn new(address: Issued, size_bytes: u64) -> Self {
        Self {
            address,
            size_bytes,
        }
    }

    /// Sends a part until OneDrive has got it, or it is in vain. One that breaks off is gone on with from where
    /// OneDrive says, and one of which nothing arrives is tried three times.
    pub(crate) async fn send(&self, part: &Part) -> Result<Progress, Fault> {
        let mut rest = part.clone();
        let mut tried = 1;
        loop {
            let expected = match self.put(&rest).await {
                Ok(Told::Complete(item)) => return Ok(Progress::Complete(item)),
                Ok(Told::Expected(expected)) => expected,
                Err(fault) if is_over(&fault) => return Ok(Progress::Over),
                Err(fault) if !self.is_gone_on_with(&fault, tried).await => return Err(fault),
                Err(fault) => match self.ask().await {
                    Ok(expected) => expected,
                    Err(asked) if is_over(&asked) => return Ok(Progress::Over),
                    Err(_) => return Err(fault),
                },
            };
            if expected >= part.end() && !part.is_last {
                return Ok(Progress::Received);
            }
            let left = part.after(expected).ok_or(StorageErrorKind::Interrupted)?;
            // All of it has arrived, and there is no item: a fragment without bytes cannot be sent.
            if left.bytes.is_empty() {
                return Err(StorageErrorKind::Unavailable.into());
            }
            if left.first > rest.first {
                tried = 1;
            } else if tried == TRIES {
                return Err(StorageErrorKind::Interrupted.into());
            } else {
                tried += 1;
            }
            rest = left;
        }
    }

    /// Whether OneDrive may be asked how far it is, after a failure on the way or a fragment that it did not
    /// expect.
    async fn is_gone_on_with(&self, fault: &Fault, tried: u32) -> bool {
        match fault.kind {
            StorageErrorKind::RangeNotSatisfiable { .. } => tried < TRIES,
            _ => self.address.circuit().is_gone_on_with(fault, tried).await,
        }
    }

    async fn put(&self, part: &Part) -> Result<Told, Fault> {
        let last = part.end().saturating_sub(1);
        let range = format!("bytes {}-{last}/{}", part.first, self.size_bytes);
        let mut request = self.address.request(Method::PUT)?;
        insert_text(&mut request, &CONTENT_RANGE, Some(&range))?;
        let length = HeaderValue::from(part.bytes.len());
        request.headers_mut().insert(CONTENT_LENGTH, length);
        *request.body_mut() = Some(part.body());
        let answer = send(&self.address, request, CONTROL).await?;
        match answer.status() {
            StatusCode::ACCEPTED => Ok(Told::Expected(self.expected(&told(answer).await?)?)),
            // 201 for a new item, 200 for one that was replaced.
            StatusCode::OK | StatusCode::CREATED => {
                Ok(Told::Complete(Box::new(told(answer).await?)))
            }
            _ => Err(lent_refused(answer).await),
        }
    }

    /// Asks which bytes are expected next.
    async fn ask(&self) -> Result<u64, Fault> {
        let ask = || async {
            let request = self.address.request(Method::GET)?;
            let answer = send(&self.address, request, CONTROL).await?;
            if answer.status().is_success() {
                self.expected(&told(answer).await?)
            } else {
                Err(lent_refused(answer).await)
            }
        };
        self.address.circuit().idempotent(ask).await
    }

    fn expected(&self, status: &Status) -> Result<u64, Fault> {
        let Some(first) = status.next_expected_ranges.first() else {
            return Ok(self.size_bytes);
        };
        let number = first.split('-').next().and_then(|first| first.parse().ok());
        number.ok_or_else(|| StorageErrorKind::Unavailable.into())
    }

    /// Gives the session up; it is well if there is none any more.
    pub(crate) async fn end(&self) -> Result<(), Fault> {
        let request = self.address.request(Method::DELETE)?;
        let answer = send(&self.address.insisting(), request, CONTROL).await?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            _ => match lent_refused(answer).await {
                fault if is_over(&fault) => Ok(()),
                fault => Err(fault),
            },
        }
    }
}

fn is_over(fault: &Fault) -> bool {
    fault.kind == StorageErrorKind::NotFound
}
