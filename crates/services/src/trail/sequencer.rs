//! Gives committed events their places in the trail (L-05), and signs how far it has come (L-06). It knows
//! neither how hashes are computed nor where copies go.
//!
//! All replicas run it, and one at a time appends: the one whose term it is. A term begins when there is
//! something to do and nobody's lasts; whoever was overtaken finds that what it appends is refused, for
//! the chain's end is looked at and the term is held in the same transaction. So a sequencer may die
//! anywhere: what it had not committed waits still, and the next one finds it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wharf_audit::checkpoint;
use wharf_audit::export::Line;
use wharf_crypto::Signer;
use wharf_domain::environment::Environment;
use wharf_domain::ports::checkpoint_copies::CheckpointCopies;
use wharf_domain::ports::trail::{Standing, Term, Trail};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{ChainHead, Checkpoint, TrailEvent};

use super::personal::Keys;
use crate::meters;
use crate::vault::{Vault, VaultError};

/// How often it is looked whether events wait: an event has its place within 2 seconds of its commit.
const POLL: Duration = Duration::from_secs(1);

/// How long a term lasts beyond the last append. When a replica dies, the next begins as late as this.
const LEASE: Duration = Duration::from_secs(5);

/// How many events are placed at once.
const BATCH: usize = 500;

/// A checkpoint is signed after so many links,
const LINKS: u64 = 1_000;

/// or so long after the one before, if there are any.
const EVERY: Duration = Duration::from_secs(60);

/// Places events as long as the process lives.
#[derive(Clone)]
pub struct Sequencer {
    trail: Arc<dyn Trail>,
    vault: Vault,
    signer: Arc<Signer>,
    copies: Vec<Arc<dyn CheckpointCopies>>,
    environment: Environment,
}

impl fmt::Debug for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequencer").finish_non_exhaustive()
    }
}

/// What one sequencer remembers from round to round. It may forget it all.
#[derive(Debug, Default)]
pub struct Memory {
    /// The term that it began last; another may have begun since.
    term: Option<Term>,
    /// The last checkpoint that is not copied everywhere yet.
    uncopied: Option<Checkpoint>,
}

/// What came of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// There was nothing to do, or another is about to do it.
    Idle,
    /// So many events were placed.
    Placed(usize),
}

impl Sequencer {
    /// A sequencer of this trail, which signs with this key and copies its checkpoints to these places.
    pub fn new(
        trail: Arc<dyn Trail>,
        vault: Vault,
        signer: Signer,
        copies: Vec<Arc<dyn CheckpointCopies>>,
        environment: Environment,
    ) -> Self {
        Self {
            trail,
            vault,
            signer: Arc::new(signer),
            copies,
            environment,
        }
    }

    /// Places what is committed, again and again, until it is told to stop.
    pub async fn run(self, stopping: CancellationToken) {
        let mut memory = Memory::default();
        let mut is_well = true;
        while !stopping.is_cancelled() {
            match self.round(&mut memory).await {
                Ok(round) => {
                    is_well = true;
                    if round == Round::Placed(BATCH) {
                        continue;
                    }
                }
                Err(error) => {
                    if is_well {
                        tracing::warn!(%error, "events wait for their place in the audit trail");
                    }
                    is_well = false;
                }
            }
            stopping.run_until_cancelled(sleep(POLL)).await;
        }
        self.leave(memory).await;
    }

    /// Places up to 500 events, and signs a checkpoint if one is due.
    ///
    /// # Errors
    /// If the database fails. What was not placed waits.
    pub async fn round(&self, memory: &mut Memory) -> Result<Round, VaultError> {
        self.copy(memory).await;
        // In this order: what waits now has no place in a chain that has not grown since.
        let mut standing = self.trail.standing().await?;
        let waiting = self.trail.waiting(BATCH).await?;
        if waiting.is_empty() && !is_due(&standing, self.environment.now()) {
            return Ok(Round::Idle);
        }
        let Some(term) = self.term(memory).await? else {
            return Ok(Round::Idle);
        };
        let placed = waiting.len();
        if placed > 0 {
            match self.place(term, standing.head, waiting).await? {
                Some(head) => standing.head = head,
                None => {
                    memory.term = None;
                    return Ok(Round::Idle);
                }
            }
        }
        if is_due(&standing, self.environment.now()) {
            self.sign(term, standing.head, memory).await?;
        }
        Ok(Round::Placed(placed))
    }

    /// Whoever comes next need not wait until the lease ends.
    async fn leave(&self, memory: Memory) {
        if let Some(term) = memory.term {
            let ended = self.trail.end_term(term, self.environment.now()).await;
            if let Err(error) = ended {
                tracing::info!(%error, "the term of the audit trail ends by itself");
            }
        }
    }

    async fn term(&self, memory: &mut Memory) -> Result<Option<Term>, VaultError> {
        if memory.term.is_none() {
            let now = self.environment.now();
            memory.term = self.trail.begin_term(now, LEASE).await?;
        }
        Ok(memory.term)
    }

    /// Appends these events. `None` if another term has begun.
    async fn place(
        &self,
        term: Term,
        head: ChainHead,
        mut events: Vec<TrailEvent>,
    ) -> Result<Option<ChainHead>, VaultError> {
        let mut keys = Keys::of(&self.vault);
        for event in &mut events {
            keys.seal(event).await?;
        }
        let links = wharf_audit::append(head, events);
        let lease_ends = self.environment.now().plus(LEASE);
        if !self.trail.append(term, &links, lease_ends).await? {
            return Ok(None);
        }
        meters::audit_placed(links.len());
        Ok(links.last().map(|link| link.head()))
    }

    async fn sign(
        &self,
        term: Term,
        head: ChainHead,
        memory: &mut Memory,
    ) -> Result<(), VaultError> {
        let checkpoint = checkpoint::sign(&self.signer, head, self.environment.now());
        if self.trail.add_checkpoint(term, &checkpoint).await? {
            meters::checkpoint_signed();
            memory.uncopied = Some(checkpoint);
            self.copy(memory).await;
        } else {
            memory.term = None;
        }
        Ok(())
    }

    /// Copies the last checkpoint to every place. One that was overtaken by a later one need not be copied
    /// any more, for the later one speaks for all before.
    async fn copy(&self, memory: &mut Memory) {
        let Some(checkpoint) = memory.uncopied else {
            return;
        };
        let line = Line::Checkpoint(checkpoint).to_string();
        let mut are_kept = true;
        for place in &self.copies {
            if let Err(error) = place.keep(checkpoint.head.position, &line).await {
                meters::checkpoint_not_copied();
                tracing::warn!(%error, "a checkpoint of the audit trail is not copied yet");
                are_kept = false;
            }
        }
        if are_kept {
            memory.uncopied = None;
        }
    }
}

/// Whether it is time to sign: the chain has grown, and that much or that long ago. Of a time that lies
/// ahead nobody knows how long ago it is.
fn is_due(standing: &Standing, now: Timestamp) -> bool {
    let Some(last) = standing.checkpoint else {
        return standing.head.position > 0;
    };
    let grown = standing.head.position.saturating_sub(last.head.position);
    let is_old = now.since(last.at) >= EVERY || last.at.since(now) >= EVERY;
    grown >= LINKS || (grown > 0 && is_old)
}
