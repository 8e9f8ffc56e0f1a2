//! A resumable upload: what is known of it, and how far it has come.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use actix_web::HttpRequest;
use serde_json::Value;

use super::super::caller::Caller;
use super::super::create::Upload;
use super::super::mask::Mask;
use super::super::metadata::Metadata;
use super::super::refusal::Refusal;
use super::Target;
use crate::blob::BlobWriter;
use crate::clock::unix_ms;
use crate::corruption::Corruption;
use crate::identity::{Parameters, Provider};
use crate::open_upload::OpenUpload;
use crate::simulation::Simulation;

/// The parameter that names a session. Who knows it may upload: no access token is asked for.
pub(super) const ID: &str = "upload_id";

/// What chunks are multiples of, and what is kept of one that is not.
pub(super) const MULTIPLE_BYTES: u64 = 256 * 1024;

/// How long a session can be used.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// A resumable upload.
pub(in super::super) struct Session {
    pub(super) target: Target,
    pub(super) caller: Caller,
    pub(super) metadata: Metadata,
    pub(super) media_type: Option<String>,
    /// What of the file is wanted in the end.
    pub(super) mask: Mask,
    /// How many bytes there will be, if the client said so at the start.
    pub(super) declared: Option<u64>,
    pub(super) began: SystemTime,
    pub(super) progress: Mutex<Progress>,
}

/// How far an upload has come.
pub(super) struct Progress {
    /// What has arrived; `None` once it is complete.
    writer: Option<BlobWriter>,
    /// The latest request; an earlier one that is still sending has lost its turn.
    turn: u64,
    /// The final answer.
    answer: Option<Value>,
}

/// Whether a request may still write.
pub(super) enum Turn {
    Yours,
    Lost,
}

/// The session that a request names.
pub(super) fn id(request: &HttpRequest) -> Option<String> {
    let query = Parameters::parse(request.query_string().as_bytes());
    query.get(ID).map(str::to_owned)
}

impl Session {
    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        now.duration_since(self.began).unwrap_or_default() >= LIFE
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tests are told of it; `None` once it is complete.
    pub(super) fn listed(&self) -> Option<OpenUpload> {
        let received_bytes = self.progress().writer.as_ref()?.length();
        Some(OpenUpload {
            provider: Provider::Google,
            account: self.caller.person.email.to_owned(),
            began_ms: unix_ms(self.began),
            received_bytes,
            total_bytes: self.declared,
        })
    }

    /// Makes the file of what has arrived, and answers with it.
    pub(super) fn complete(
        &self,
        simulation: &Simulation,
        corruption: Corruption,
    ) -> Result<Value, Refusal> {
        let mut progress = self.progress();
        let Some(writer) = progress.writer.take() else {
            return progress.answer.clone().ok_or_else(Refusal::cut_off);
        };
        let blob = corruption.finish(writer)?;
        let media_type = self.media_type.clone();
        let upload = Upload { blob, media_type };
        let (caller, metadata) = (&self.caller, &self.metadata);
        let file = self
            .target
            .complete(simulation, caller, metadata, upload, &self.mask)?;
        progress.answer = Some(file.clone());
        Ok(file)
    }
}

impl Progress {
    pub(super) fn new(writer: BlobWriter) -> Self {
        Self {
            writer: Some(writer),
            turn: 0,
            answer: None,
        }
    }

    /// The final answer, if it was given.
    pub(super) fn answer(&self) -> Option<&Value> {
        self.answer.as_ref()
    }

    /// Whether nothing can be added and there is no answer: the file could not be made in the end.
    pub(super) fn is_over(&self) -> bool {
        self.writer.is_none() && self.answer.is_none()
    }

    /// Ends the turn of whoever is still sending; says which turn begins and how many bytes count.
    pub(super) fn begin(&mut self) -> io::Result<(u64, u64)> {
        self.turn += 1;
        Ok((self.turn, self.settle()?))
    }

    /// Forgets what is no whole multiple, and says how many bytes count.
    pub(super) fn settle(&mut self) -> io::Result<u64> {
        let Some(writer) = &mut self.writer else {
            return Ok(0);
        };
        writer.cut_to(writer.length() / MULTIPLE_BYTES * MULTIPLE_BYTES)?;
        Ok(writer.length())
    }

    /// How many bytes have arrived.
    pub(super) fn length(&self) -> u64 {
        self.writer.as_ref().map_or(0, BlobWriter::length)
    }

    /// Adds a part, unless another request has begun since this turn did.
    pub(super) fn write(
        &mut self,
        turn: u64,
        part: &[u8],
        corruption: &mut Corruption,
    ) -> io::Result<Turn> {
        match &mut self.writer {
            Some(writer) if self.turn == turn => {
                corruption.write(writer, part)?;
                Ok(Turn::Yours)
            }
            _ => Ok(Turn::Lost),
        }
    }
}
