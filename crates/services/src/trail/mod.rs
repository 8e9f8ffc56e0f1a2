//! The audit trail: looking through it, checking it, and taking it elsewhere. Who may do that is decided by
//! whoever asks. It knows no rule of how an event comes to be.

mod export;
mod personal;
mod sequencer;
mod walk;

use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;
use wharf_audit::export::Line;
use wharf_audit::{TrustedKeys, Verdict, Verification};
use wharf_domain::page::{Cursor, Page, PageLimit, fingerprint};
use wharf_domain::ports::checkpoint_copies::CheckpointCopies;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::trail::{ListedAt, Trail, TrailFilter};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{Checkpoint, Link};

pub use self::export::Export;
use self::personal::Keys;
pub use self::personal::ShownClient;
pub use self::sequencer::{Memory, Round, Sequencer};
use self::walk::Walk;
use crate::error::ServiceError;
use crate::vault::Vault;

/// The use cases around the audit trail.
#[derive(Clone)]
pub struct AuditTrail {
    trail: Arc<dyn Trail>,
    vault: Vault,
    keys: TrustedKeys,
    copies: Vec<Arc<dyn CheckpointCopies>>,
    /// Checks read everything, so there is one at a time.
    turn: Arc<Semaphore>,
}

impl fmt::Debug for AuditTrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditTrail").finish_non_exhaustive()
    }
}

/// An event of the trail, for whoever looks through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownEvent {
    /// The event at its place. Where it came from is told beside it.
    pub link: Link,
    /// Where its request came from, if that is known.
    pub client: Option<ShownClient>,
}

/// What a check of the whole trail came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was found up to its end, or up to what could not be read.
    pub verdict: Verdict,
    /// What could not be read because it is nothing that Wharf writes: a row, or a copied checkpoint.
    pub unreadable: Option<String>,
    /// How many committed events have no place yet.
    pub waiting: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub const fn is_sound(&self) -> bool {
        self.verdict.is_sound() && self.unreadable.is_none()
    }
}

impl AuditTrail {
    /// The use cases on these ports. Checkpoints of these keys are believed, and those that were copied to
    /// these places are compared with the trail.
    pub fn new(
        trail: Arc<dyn Trail>,
        vault: Vault,
        keys: TrustedKeys,
        copies: Vec<Arc<dyn CheckpointCopies>>,
    ) -> Self {
        Self {
            trail,
            vault,
            keys,
            copies,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Events that the filter fits, the latest first. One that was committed within the last seconds may
    /// not be among them yet.
    ///
    /// # Errors
    /// [`ServiceError::CursorInvalid`].
    pub async fn list(
        &self,
        filter: &TrailFilter,
        limit: PageLimit,
        cursor: Option<Cursor>,
    ) -> Result<Page<ShownEvent>, ServiceError> {
        let list = fingerprint_of(filter);
        let before = Cursor::behind(cursor, list, read_position)?;
        let links = self.trail.list(filter, before, limit.get() + 1).await?;
        let page = Page::cut(links, limit, list, position_of);
        let mut keys = Keys::of(&self.vault);
        let mut items = Vec::with_capacity(page.items.len());
        for link in page.items {
            let client = keys.show(&link.event).await?;
            items.push(ShownEvent { link, client });
        }
        Ok(Page {
            items,
            next: page.next,
        })
    }

    /// Checks the whole trail, against its own checkpoints, those that were copied elsewhere and can be
    /// read there, and these.
    ///
    /// # Errors
    /// If the database fails. What is wrong with the trail or its copies is no error.
    pub async fn verify(&self, mut outside: Vec<Checkpoint>) -> Result<Report, ServiceError> {
        let turn = self.turn.acquire().await;
        let _turn = turn.map_err(|_| ServiceError::Aborted)?;
        let mut unreadable = self.read_copies(&mut outside).await;
        let mut verification = Verification::new(self.keys.clone());
        let mut walk = Walk::new(&*self.trail, outside);
        loop {
            match walk.next().await {
                Ok(Some(lines)) => lines.iter().for_each(|line| verification.line(line)),
                Ok(None) => break,
                Err(RepositoryError::Inconsistent { table, column, row }) => {
                    unreadable = Some(format!("{column} of {table} in row {row}"));
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Report {
            verdict: verification.finish(),
            unreadable,
            waiting: self.trail.count_waiting().await?,
        })
    }

    /// Adds what was copied elsewhere. Tells what could not be read.
    async fn read_copies(&self, outside: &mut Vec<Checkpoint>) -> Option<String> {
        let mut unreadable = None;
        for place in &self.copies {
            let lines = match place.latest().await {
                Ok(lines) => lines,
                Err(error) => {
                    unreadable = Some(error.to_string());
                    continue;
                }
            };
            for line in lines {
                match Line::parse(&line) {
                    Ok(Line::Checkpoint(checkpoint)) => outside.push(checkpoint),
                    _ => unreadable = Some(format!("a checkpoint in the {}", place.place())),
                }
            }
        }
        unreadable
    }

    /// The whole trail as lines, page by page. What is personal in it stays sealed.
    pub fn export(&self) -> Export<'_> {
        Export::of(&*self.trail)
    }
}

/// Cursors are good for the filter that they were made with.
fn fingerprint_of(filter: &TrailFilter) -> u64 {
    let TrailFilter {
        actor,
        action,
        resource,
        outcome,
        from,
        until,
    } = filter;
    let micros = |time: &Option<Timestamp>| {
        let bytes = time.map(|time| time.as_unix_micros().to_be_bytes().to_vec());
        bytes.unwrap_or_default()
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default().into_bytes();
    let parts = [
        b"audit".to_vec(),
        actor.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        text(action),
        resource.map_or_else(Vec::new, |id| id.to_vec()),
        text(outcome),
        micros(from),
        micros(until),
    ];
    fingerprint(parts.iter().map(Vec::as_slice))
}

/// When its event happened, and where it stands.
fn position_of(link: &Link) -> [u8; 16] {
    let micros = link.event.at.as_unix_micros().cast_unsigned();
    let number = (u128::from(micros) << 64) | u128::from(link.position);
    number.to_be_bytes()
}

fn read_position(bytes: [u8; 16]) -> ListedAt {
    let number = u128::from_be_bytes(bytes);
    ListedAt {
        at: Timestamp::from_unix_micros((number >> 64) as i64),
        position: number as u64,
    }
}

#[cfg(test)]
mod tests;
