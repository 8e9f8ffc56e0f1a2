//! What a client needs to know of an account at Nextcloud.

use std::io;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::installation::BASES;
use crate::simulation::Simulation;

/// The user who is there from the start. What she logs in with is not what stands in her paths.
const LOGIN_NAME: &str = "anna@example.com";
const USER_ID: &str = "Anna Österreicher";
const PASSWORD: &str = "herring-gull-at-noon";

/// An account at the simulated Nextcloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextcloudAccess {
    /// The installation, without a slash at the end.
    pub url: String,
    /// The same installation beneath a longer path.
    pub sub_path_url: String,
    /// The person's files by WebDAV, with a slash at the end.
    pub files_url: String,
    /// What the person logs in with.
    pub login_name: String,
    /// What stands in the paths of WebDAV.
    pub user_id: String,
    /// The person's own password.
    pub password: String,
}

impl NextcloudAccess {
    /// The access of a user in a sandbox.
    pub(super) fn to(
        simulation: &Simulation,
        login_name: &str,
        user_id: &str,
        password: &str,
    ) -> Self {
        let [url, sub_path_url] = BASES.map(|base| format!("{}{base}", simulation.origin));
        let segment = utf8_percent_encode(user_id, NON_ALPHANUMERIC);
        Self {
            files_url: format!("{url}/remote.php/dav/files/{segment}/"),
            url,
            sub_path_url,
            login_name: login_name.to_owned(),
            user_id: user_id.to_owned(),
            password: password.to_owned(),
        }
    }

    /// The user who is there from the start.
    pub(super) fn anna(simulation: &Simulation) -> Self {
        Self::to(simulation, LOGIN_NAME, USER_ID, PASSWORD)
    }
}

/// Makes the user who is there from the start.
pub(crate) fn start(simulation: &Simulation) -> io::Result<()> {
    let now = simulation.clock.now();
    let nextcloud = &simulation.nextcloud;
    nextcloud.add_seeded_user(LOGIN_NAME, USER_ID, PASSWORD, now)
}
