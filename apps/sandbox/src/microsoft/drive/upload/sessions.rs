//! The upload sessions that can be continued.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::session::Session;
use crate::open_upload::OpenUpload;
use crate::random::Random;

/// The sessions by their secret names.
#[derive(Default)]
pub(in super::super) struct Sessions(Mutex<HashMap<String, Arc<Session>>>);

impl Sessions {
    /// Takes a session in, and says its name.
    pub(super) fn open(&self, random: &Random, session: Arc<Session>) -> String {
        let id = random.text("", 64);
        self.entries().insert(id.clone(), session);
        id
    }

    /// The session of this name, if it has not expired.
    pub(super) fn find(&self, id: &str, now: SystemTime) -> Option<Arc<Session>> {
        let mut sessions = self.entries();
        sessions.retain(|_, session| !session.is_expired(now));
        sessions.get(id).cloned()
    }

    /// Ends a session, if there is one of this name.
    pub(super) fn end(&self, id: &str) {
        self.entries().remove(id);
    }

    /// Ends all of them.
    pub(in super::super) fn end_all(&self) {
        self.entries().clear();
    }

    /// Whose session this is.
    pub(in super::super) fn account(&self, id: &str) -> Option<&'static str> {
        let sessions = self.entries();
        sessions.get(id).map(|session| session.person.email)
    }

    /// Those that are not complete.
    pub(in super::super) fn list(&self, now: SystemTime) -> Vec<OpenUpload> {
        let sessions = self.entries();
        let alive = sessions.values().filter(|session| !session.is_expired(now));
        alive.map(|session| session.listed()).collect()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
