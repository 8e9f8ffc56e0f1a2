//! Copies under way: OneDrive makes them after it has answered.
//! <https://learn.microsoft.com/graph/long-running-actions-overview>

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use super::conflict::{Conflict, Place};
use super::item::Id;
use super::refusal::Refusal;
use super::tree::Drive;

/// How long a copy takes.
const DURATION: Duration = Duration::from_secs(1);

/// The copies that were ordered, by the secret names of their monitors.
#[derive(Default)]
pub(super) struct Copies(HashMap<String, Copy>);

/// A copy that was ordered.
pub(super) struct Copy {
    pub(super) source: Id,
    pub(super) folder: Id,
    pub(super) name: String,
    pub(super) conflict: Conflict,
    pub(super) ordered: SystemTime,
    /// Whether somebody has looked at its monitor: the first look always finds it under way.
    pub(super) is_looked_at: bool,
    /// The copy's id, or why there is none; `None` while it is under way.
    pub(super) outcome: Option<Result<Id, Refusal>>,
}

impl Copies {
    pub(super) fn begin(&mut self, job: String, copy: Copy) {
        self.0.insert(job, copy);
    }

    pub(super) fn get(&mut self, job: &str) -> Option<&mut Copy> {
        self.0.get_mut(job)
    }

    fn due(&self, now: SystemTime) -> Vec<String> {
        let due = self.0.iter().filter(|(_, copy)| {
            let elapsed = now.duration_since(copy.ordered).unwrap_or_default();
            copy.outcome.is_none() && elapsed >= DURATION
        });
        due.map(|(job, _)| job.clone()).collect()
    }
}

impl Drive {
    /// Makes the copies whose time has come; `limit` is what the drive can hold.
    pub(super) fn finish_copies(&mut self, now: SystemTime, limit: u64) {
        for job in self.copies.due(now) {
            let Some(copy) = self.copies.0.remove(&job) else {
                continue;
            };
            let outcome = self.finish(&copy, now, limit);
            let outcome = Some(outcome);
            self.copies.begin(job, Copy { outcome, ..copy });
        }
    }

    fn finish(&mut self, copy: &Copy, now: SystemTime, limit: u64) -> Result<Id, Refusal> {
        let source = self.get(&copy.source).ok_or_else(Refusal::not_found)?;
        let (is_folder, size) = (source.is_folder(), source.size());
        if self.used().saturating_add(size) > limit {
            return Err(Refusal::quota_reached());
        }
        let (folder, name) = (&copy.folder, &copy.name);
        let name = match copy.conflict.place(self, folder, name, is_folder, None)? {
            Place::Free(name) => name,
            Place::Taken(id) => {
                self.remove(&id);
                name.clone()
            }
        };
        let made = self.copy(&copy.source, folder, &name, now);
        made.ok_or_else(Refusal::not_found)
    }
}
