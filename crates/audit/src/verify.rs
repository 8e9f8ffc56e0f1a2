//! The check of a trail, link by link, as it is read: it keeps no more than the last link and a bounded
//! number of faults, however long the trail is.
//!
//! Links come in the order of their positions, a checkpoint after the last link that it covers. After a
//! fault the check goes on with what stands there, so that one deed is one fault wherever it can be.

use wharf_domain::trail::{ChainHash, ChainHead, Checkpoint, CheckpointKey, Link};

use crate::chain;
use crate::checkpoint::{Signature, TrustedKeys};
use crate::export::Line;

/// So many faults are told; more are only counted.
const TOLD: usize = 100;

/// Something that is not as it was written, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// There are no links at these positions.
    Missing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// The link is not what its event and the link before it give: one of the two was edited, put here or
    /// taken away.
    Broken {
        /// Its position.
        position: u64,
    },
    /// The link stands at or before the position of the one before it.
    OutOfOrder {
        /// Its position.
        position: u64,
    },
    /// The chain has another hash here than was signed: something up to here was rewritten.
    Contradicted {
        /// Up to where.
        position: u64,
        /// The last position at which a checkpoint agrees; 0 if there is none.
        agreed: u64,
    },
    /// The chain ends, though it was signed when it was longer.
    Cut {
        /// Its last position; 0 for an empty chain.
        after: u64,
        /// How long it was.
        signed: u64,
    },
    /// A checkpoint's signature is not its key's.
    ForgedCheckpoint {
        /// The position that it speaks of.
        position: u64,
    },
    /// A checkpoint's key is none that is trusted.
    UnknownKey {
        /// The position that it speaks of.
        position: u64,
        /// The key's name.
        key: CheckpointKey,
    },
    /// A checkpoint came after links that it does not cover, so that it could not be compared.
    Late {
        /// The position that it speaks of.
        position: u64,
    },
}

impl Fault {
    /// The stable name of the kind of fault.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Broken { .. } => "broken",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::Contradicted { .. } => "contradicted",
            Self::Cut { .. } => "cut",
            Self::ForgedCheckpoint { .. } => "forged_checkpoint",
            Self::UnknownKey { .. } => "unknown_key",
            Self::Late { .. } => "late_checkpoint",
        }
    }

    /// The first and the last position that it is about.
    #[must_use]
    pub const fn range(&self) -> (u64, u64) {
        match *self {
            Self::Missing { from, to } => (from, to),
            Self::Contradicted { position, agreed } => (agreed.saturating_add(1), position),
            Self::Cut { after, signed } => (after.saturating_add(1), signed),
            Self::Broken { position }
            | Self::OutOfOrder { position }
            | Self::ForgedCheckpoint { position }
            | Self::UnknownKey { position, .. }
            | Self::Late { position } => (position, position),
        }
    }
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The end of the chain as it was found.
    pub head: ChainHead,
    /// How many links were checked.
    pub links: u64,
    /// How many checkpoints were.
    pub checkpoints: u64,
    /// Up to where a good checkpoint agrees with the chain; 0 if none does.
    pub signed_until: u64,
    /// The first faults, in the order in which they were found.
    pub faults: Vec<Fault>,
    /// How many faults there are.
    pub fault_count: u64,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.fault_count == 0
    }
}

/// A check under way.
#[derive(Debug)]
pub struct Verification {
    keys: TrustedKeys,
    verdict: Verdict,
    /// The longest chain that a good checkpoint speaks of.
    longest: u64,
    scratch: Vec<u8>,
}

impl Verification {
    /// Begins before the first link; checkpoints of these keys are believed.
    #[must_use]
    pub fn new(keys: TrustedKeys) -> Self {
        Self {
            keys,
            verdict: Verdict {
                head: ChainHead::START,
                links: 0,
                checkpoints: 0,
                signed_until: 0,
                faults: Vec::new(),
                fault_count: 0,
            },
            longest: 0,
            scratch: Vec::new(),
        }
    }

    /// The end of what was checked so far.
    #[must_use]
    pub const fn head(&self) -> ChainHead {
        self.verdict.head
    }

    /// Checks the next line of what was read or exported. Those that are neither links nor checkpoints say
    /// nothing of the trail.
    pub fn line(&mut self, line: &Line) {
        match line {
            Line::Link(link) => self.link(link),
            Line::Checkpoint(checkpoint) => self.checkpoint(checkpoint),
            Line::Start | Line::End { .. } => {}
        }
    }

    /// Checks the next link.
    pub fn link(&mut self, link: &Link) {
        self.verdict.links += 1;
        let head = self.verdict.head;
        let expected = head.position.saturating_add(1);
        if link.position < expected {
            let position = link.position;
            return self.found(Fault::OutOfOrder { position });
        }
        if link.position > expected {
            let to = link.position - 1;
            self.found(Fault::Missing { from: expected, to });
        } else if self.hash_behind(head.hash, link) != link.hash {
            let position = link.position;
            self.found(Fault::Broken { position });
        }
        self.verdict.head = link.head();
    }

    /// Checks the next checkpoint.
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        self.verdict.checkpoints += 1;
        let position = checkpoint.head.position;
        match self.keys.check(checkpoint) {
            Signature::Good => self.compare(checkpoint.head),
            Signature::Forged => self.found(Fault::ForgedCheckpoint { position }),
            Signature::UnknownKey => {
                let key = checkpoint.key;
                self.found(Fault::UnknownKey { position, key });
            }
        }
    }

    /// Ends the check.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        let after = self.verdict.head.position;
        if self.longest > after {
            let signed = self.longest;
            self.found(Fault::Cut { after, signed });
        }
        self.verdict
    }

    fn compare(&mut self, signed: ChainHead) {
        let position = signed.position;
        self.longest = self.longest.max(position);
        let head = self.verdict.head;
        if position < head.position {
            self.found(Fault::Late { position });
        } else if signed == head {
            self.verdict.signed_until = position;
        } else if position == head.position {
            let agreed = self.verdict.signed_until;
            self.found(Fault::Contradicted { position, agreed });
        }
        // One that is ahead speaks of what is missing, or of what was cut off.
    }

    fn hash_behind(&mut self, before: ChainHash, link: &Link) -> ChainHash {
        chain::hash(before, link.position, &link.event, &mut self.scratch)
    }

    fn found(&mut self, fault: Fault) {
        self.verdict.fault_count += 1;
        if self.verdict.faults.len() < TOLD {
            self.verdict.faults.push(fault);
        }
    }
}
