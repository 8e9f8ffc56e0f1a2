//! One Nextcloud: who has an account, which flows are open, and how strict it is. It can be reached at
//! two paths, as if it were installed beneath either.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::home::Home;
use super::login_flow::Flows;
use super::numbers::Numbers;
use super::throttle::Throttle;
use super::upload::Uploads;
use super::user::{User, Users};
use crate::blob::BlobStore;
use crate::simulation::Simulation;

/// The paths beneath which it is installed.
pub(super) const BASES: [&str; 2] = ["/nextcloud", "/cloud/sub"];

/// The smallest chunk, except the last, where nobody has said otherwise.
/// <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/chunking.html>
const MIN_CHUNK_BYTES: u64 = 5 * 1024 * 1024;

/// The largest chunk that the installation recommends, where nobody has said otherwise.
const MAX_CHUNK_BYTES: u64 = 100 * 1024 * 1024;

/// So many wrong passwords shut an address out, where nobody has said otherwise.
const WRONG_PASSWORDS: usize = 10;

/// The state of a Nextcloud.
#[derive(Debug)]
pub(crate) struct Installation {
    pub(super) users: Users,
    pub(super) flows: Flows,
    pub(super) throttle: Throttle,
    limits: Mutex<Limits>,
    numbers: Arc<Numbers>,
    blobs: Arc<BlobStore>,
}

/// How strict it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// A smaller chunk, unless it is the last, is refused when the chunks are put together.
    pub(super) min_chunk_bytes: u64,
    /// The largest chunk that is recommended. A larger one is taken all the same.
    pub(super) max_chunk_bytes: u64,
    /// After so many wrong passwords within half an hour an address is shut out.
    pub(super) wrong_passwords: usize,
}

impl Installation {
    /// One that keeps contents there.
    pub(crate) fn new(blobs: Arc<BlobStore>) -> Self {
        let limits = Limits {
            min_chunk_bytes: MIN_CHUNK_BYTES,
            max_chunk_bytes: MAX_CHUNK_BYTES,
            wrong_passwords: WRONG_PASSWORDS,
        };
        Self {
            users: Users::default(),
            flows: Flows::default(),
            throttle: Throttle::default(),
            limits: Mutex::new(limits),
            numbers: Arc::default(),
            blobs,
        }
    }

    /// Adds a user without files, or changes the password of one that is there.
    pub(super) fn add_user(
        &self,
        login_name: &str,
        user_id: &str,
        password: &str,
        now: SystemTime,
    ) {
        let home = Home::empty(Arc::clone(&self.blobs), Arc::clone(&self.numbers), now);
        self.users.set(user(login_name, user_id, home), password);
    }

    /// Adds a user with the files that an account may start with.
    pub(super) fn add_seeded_user(
        &self,
        login_name: &str,
        user_id: &str,
        password: &str,
        now: SystemTime,
    ) -> io::Result<()> {
        let home = Home::seeded(Arc::clone(&self.blobs), Arc::clone(&self.numbers), now)?;
        self.users.set(user(login_name, user_id, home), password);
        Ok(())
    }

    /// Forgets all uploads that are neither finished nor aborted.
    pub(crate) fn end_uploads(&self) {
        for user in self.users.all() {
            user.home.lock().uploads = Uploads::default();
        }
    }

    /// How strict it is just now.
    pub(super) fn limits(&self) -> Limits {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it as strict as that from now on.
    pub(super) fn set_limits(&self, change: impl FnOnce(&mut Limits)) {
        change(&mut self.limits.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn user(login_name: &str, user_id: &str, home: Home) -> User {
    User {
        login_name: login_name.to_owned(),
        user_id: user_id.to_owned(),
        home: Arc::new(home),
    }
}

/// The URL of the installation that a request to this path is for, without a slash at its end.
pub(super) fn url(simulation: &Simulation, path: &str) -> String {
    let mut bases = BASES.into_iter();
    let base = bases.find(|base| path.starts_with(base));
    format!("{}{}", simulation.origin, base.unwrap_or_default())
}

/// Whether a path is one of Nextcloud's.
pub(crate) fn is_below(path: &str) -> bool {
    let rest = BASES.iter().find_map(|base| path.strip_prefix(base));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
