//! Everything that the requests to one sandbox share.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::accounts::Accounts;
use crate::dialect::{Dialect, Digest};
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
    /// What Digest authentication has given out.
    pub(crate) digest: Digest,
    fault: Mutex<Option<Scenario>>,
    dialect: Mutex<Option<Dialect>>,
    redirects: AtomicUsize,
}

impl Simulation {
    /// A simulation that keeps its files under `folder`.
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            accounts: Accounts::default(),
            odd_storage: Storage::seeded(folder)?,
            log: RequestLog::default(),
            digest: Digest::default(),
            fault: Mutex::new(None),
            dialect: Mutex::new(None),
            redirects: AtomicUsize::new(0),
        })
    }

    /// How the accounts misbehave just now, if they do.
    pub(crate) fn fault(&self) -> Option<Scenario> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the accounts speak WebDAV just now; `None` is the storage's own way.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_dialect(&self, dialect: Dialect) {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner) = Some(dialect);
    }

    /// How many requests were redirected before.
    pub(crate) fn next_redirect(&self) -> usize {
        self.redirects.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn set_fault(&self, fault: Option<Scenario>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}
