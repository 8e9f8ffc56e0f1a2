//! Everything that the requests to one sandbox share.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::accounts::Accounts;
use crate::log::RequestLog;
use crate::scenario::Scenario;
use crate::storage::Storage;

/// The state of one sandbox.
pub(crate) struct Simulation {
    /// Who may use `/dav/`.
    pub(crate) accounts: Accounts,
    /// The storage behind those odd paths that have one.
    pub(crate) odd_storage: Storage,
    /// What was asked.
    pub(crate) log: RequestLog,
    fault: Mutex<Option<Scenario>>,
}

impl Simulation {
    /// A simulation that keeps its files under `folder`.
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            accounts: Accounts::default(),
            odd_storage: Storage::seeded(folder)?,
            log: RequestLog::default(),
            fault: Mutex::new(None),
        })
    }

    /// How the accounts misbehave just now, if they do.
    pub(crate) fn fault(&self) -> Option<Scenario> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_fault(&self, fault: Option<Scenario>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}
