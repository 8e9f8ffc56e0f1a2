//! An upload session: what is known of it, and how far it has come.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::super::kind::Kind;
use super::super::refusal::Refusal;
use super::super::target::Target;
use super::super::time::written;
use crate::blob::BlobWriter;
use crate::clock::unix_ms;
use crate::corruption::Corruption;
use crate::identity::{Person, Provider};
use crate::open_upload::OpenUpload;

/// How long a session can be used after the last fragment that it took.
const LIFE: Duration = Duration::from_secs(24 * 3600);

/// An upload session.
pub(in super::super) struct Session {
    pub(super) person: &'static Person,
    pub(super) target: Target,
    pub(super) began: SystemTime,
    pub(super) progress: Mutex<Progress>,
}

/// How far an upload has come.
pub(super) struct Progress {
    /// What has arrived; `None` once all of it has, whether the file could be made or not.
    writer: Option<BlobWriter>,
    /// How much of it came in fragments that came whole: nothing else counts.
    counted: u64,
    /// How many bytes there will be, as every fragment has to say.
    total: Option<u64>,
    /// The latest request; an earlier one that is still sending has lost its turn.
    turn: u64,
    expires: SystemTime,
    kind: Kind,
}

impl Session {
    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        now >= self.progress().expires
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tests are told of it.
    pub(super) fn listed(&self) -> OpenUpload {
        let progress = self.progress();
        OpenUpload {
            provider: Provider::Microsoft,
            account: self.person.email.to_owned(),
            began_ms: unix_ms(self.began),
            received_bytes: progress.counted,
            total_bytes: progress.total,
        }
    }
}

impl Progress {
    pub(super) fn new(writer: BlobWriter, kind: Kind, now: SystemTime) -> Self {
        Self {
            writer: Some(writer),
            counted: 0,
            total: None,
            turn: 0,
            expires: now + LIFE,
            kind,
        }
    }

    /// How many bytes count.
    pub(super) fn counted(&self) -> u64 {
        self.counted
    }

    /// How many bytes there will be, if a fragment has said so.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Ends the turn of whoever is still sending, and forgets what came in it; says which turn begins.
    pub(super) fn begin(&mut self, total: u64) -> io::Result<u64> {
        self.turn += 1;
        self.total = Some(total);
        if let Some(writer) = &mut self.writer {
            writer.cut_to(self.counted)?;
        }
        Ok(self.turn)
    }

    /// Adds a part, unless another request has begun since this turn did.
    pub(super) fn write(
        &mut self,
        turn: u64,
        part: &[u8],
        corruption: &mut Corruption,
    ) -> Result<(), Refusal> {
        Ok(corruption.write(self.writer_in(turn)?, part)?)
    }

    /// Counts what has arrived in this turn, and lets the session live on.
    pub(super) fn settle(&mut self, turn: u64, now: SystemTime) -> Result<(), Refusal> {
        self.counted = self.writer_in(turn)?.length();
        self.expires = now + LIFE;
        Ok(())
    }

    /// What this turn may write to.
    fn writer_in(&mut self, turn: u64) -> Result<&mut BlobWriter, Refusal> {
        let is_its_turn = self.turn == turn;
        let writer = self.writer.as_mut().filter(|_| is_its_turn);
        writer.ok_or_else(|| {
            let message = "Another request has taken the upload over.";
            Refusal::invalid_range(message, Some("fragmentOverlap"))
        })
    }

    /// What has arrived, when it is all.
    pub(super) fn finish(&mut self) -> Option<BlobWriter> {
        self.writer.take()
    }

    /// What a client is told. Only personal drives say where the missing range ends.
    pub(super) fn shown(&self) -> Value {
        let missing = match (self.kind, self.total) {
            (_, Some(total)) if self.counted >= total => Vec::new(),
            (Kind::Personal, Some(total)) => vec![format!("{}-{}", self.counted, total - 1)],
            _ => vec![format!("{}-", self.counted)],
        };
        json!({"expirationDateTime": written(self.expires), "nextExpectedRanges": missing})
    }
}
