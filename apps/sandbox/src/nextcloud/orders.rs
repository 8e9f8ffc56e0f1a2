//! What whoever holds a sandbox can order its Nextcloud to do, and see of it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;

use super::access::NextcloudAccess;
use super::login_page::fresh_app_password;
use super::quota::Quota;
use super::upload::UploadFolder;
use super::user::LiveAppPassword;
use crate::simulation::Simulation;

/// The Nextcloud of a sandbox.
#[derive(Clone, Copy)]
pub struct Nextcloud<'s> {
    simulation: &'s Simulation,
}

/// What a client has left there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextcloudState {
    /// The app passwords that work.
    pub app_passwords: Vec<LiveAppPassword>,
    /// The uploads that were begun and neither finished nor aborted.
    pub open_uploads: Vec<UploadFolder>,
    /// How many wrong passwords have ever come from each address; those of an address that was shut out
    /// were not looked at.
    pub wrong_passwords: BTreeMap<IpAddr, u64>,
}

impl<'s> Nextcloud<'s> {
    pub(crate) fn new(simulation: &'s Simulation) -> Self {
        Self { simulation }
    }

    /// Anna's account, which begins with a few files and folders.
    #[must_use]
    pub fn access(&self) -> NextcloudAccess {
        NextcloudAccess::anna(self.simulation)
    }

    /// Makes an account without files, or changes the password of one that is there.
    pub fn add_account(&self, login_name: &str, user_id: &str, password: &str) -> NextcloudAccess {
        let now = self.simulation.clock.now();
        let nextcloud = &self.simulation.nextcloud;
        nextcloud.add_user(login_name, user_id, password, now);
        NextcloudAccess::to(self.simulation, login_name, user_id, password)
    }

    /// Makes an app password, as a person does in the settings; `None` where there is no such user.
    #[must_use]
    pub fn add_app_password(&self, login_name: &str, name: &str) -> Option<String> {
        let password = fresh_app_password(self.simulation);
        let users = &self.simulation.nextcloud.users;
        users
            .add_app_password(login_name, &password, name)
            .then_some(password)
    }

    /// Revokes all app passwords of a user, as a person does in the settings; says how many there were.
    pub fn revoke_app_passwords(&self, login_name: &str) -> usize {
        self.simulation.nextcloud.users.revoke_all(login_name)
    }

    /// Gives a user another quota; says whether there is that user.
    pub fn set_quota(&self, login_name: &str, quota: Quota) -> bool {
        let user = self.simulation.nextcloud.users.get(login_name);
        user.map(|user| user.home.lock().quota = quota).is_some()
    }

    /// Sets the smallest chunk that an upload may have, its last one apart: 5 MiB at the start.
    pub fn set_min_chunk_bytes(&self, bytes: u64) {
        let nextcloud = &self.simulation.nextcloud;
        nextcloud.set_limits(|limits| limits.min_chunk_bytes = bytes);
    }

    /// Sets the largest chunk that it recommends: 100 MiB at the start.
    pub fn set_max_chunk_bytes(&self, bytes: u64) {
        let nextcloud = &self.simulation.nextcloud;
        nextcloud.set_limits(|limits| limits.max_chunk_bytes = bytes);
    }

    /// Sets how many wrong passwords within half an hour shut an address out: 10 at the start.
    pub fn set_wrong_passwords(&self, most: usize) {
        let nextcloud = &self.simulation.nextcloud;
        nextcloud.set_limits(|limits| limits.wrong_passwords = most);
    }

    /// What is left there just now.
    #[must_use]
    pub fn state(&self) -> NextcloudState {
        let (nextcloud, now) = (&self.simulation.nextcloud, self.simulation.clock.now());
        let open_uploads = nextcloud.users.all().into_iter().flat_map(|user| {
            let mut state = user.home.lock();
            state.uploads.open(&user.login_name, now)
        });
        NextcloudState {
            app_passwords: nextcloud.users.app_passwords(),
            open_uploads: open_uploads.collect(),
            wrong_passwords: nextcloud.throttle.totals(),
        }
    }
}

impl std::fmt::Debug for Nextcloud<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nextcloud")
            .field("state", &self.state())
            .finish()
    }
}
