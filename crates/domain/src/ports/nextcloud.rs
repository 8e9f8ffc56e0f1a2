//! The port to what a Nextcloud server offers beside files: whose account it is, Login Flow v2 and app
//! passwords. It knows no HTTP and no row.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/LoginFlow/index.html>

use async_trait::async_trait;
use secrecy::SecretString;

use crate::connection::Endpoint;
use crate::credential::Username;
use crate::ports::storage::StorageError;

/// A name and a password that open an account.
#[expect(
    missing_debug_implementations,
    reason = "G-01: a password is never printed, not even redacted"
)]
#[derive(Clone)]
pub struct Login {
    /// What the person logs in with. It may differ from the user id that stands in paths.
    pub username: Username,
    /// The person's password, or better one that was made for this application.
    pub password: SecretString,
}

/// A login flow that has begun.
#[expect(
    missing_debug_implementations,
    reason = "G-01: secrets are never printed, not even redacted"
)]
pub struct LoginBegun {
    /// Where the person logs in and decides.
    pub login_url: String,
    /// What the flow is asked by.
    pub poll: LoginPoll,
}

/// What a login flow is asked by.
#[expect(
    missing_debug_implementations,
    reason = "G-01: secrets are never printed, not even redacted"
)]
#[derive(Clone)]
pub struct LoginPoll {
    /// The installation where it was begun. Whatever the server names must have its origin (O-12).
    pub installation: Endpoint,
    /// Where to ask.
    pub endpoint: String,
    /// What to ask with.
    pub token: SecretString,
}

/// What has come of a login flow.
#[expect(
    missing_debug_implementations,
    reason = "G-01: a password is never printed, not even redacted"
)]
pub enum Polled {
    /// The person has not decided yet, has refused, or the flow is over: a server does not tell which.
    Waiting,
    /// The person has granted it. The server has forgotten the flow by now.
    Granted {
        /// The installation that the login is for; `None` if the server named one of another origin.
        server: Option<Endpoint>,
        /// An app password, and whose.
        login: Login,
    },
}

/// What became of an app password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppPasswordEnd {
    /// The server does not accept it any more.
    Ended,
    /// It is the person's own password, which only that person can change.
    NotAnAppPassword,
}

/// Nextcloud servers. All requests go to the origin of the address that was typed.
#[async_trait]
pub trait NextcloudServers: Send + Sync {
    /// Finds the account behind a login, beneath an address that a person typed and that was checked. The
    /// endpoint names the installation and the user id.
    ///
    /// # Errors
    /// What the server said; [`WrongProtocol`](crate::ports::storage::StorageErrorKind::WrongProtocol) if
    /// there is no Nextcloud.
    async fn locate(&self, typed: &Endpoint, login: &Login) -> Result<Endpoint, StorageError>;

    /// Begins a login flow, for an address that a person typed and that was checked.
    ///
    /// # Errors
    /// As [`locate`](Self::locate);
    /// [`AddressRefused`](crate::ports::storage::StorageErrorKind::AddressRefused) if the server leads
    /// elsewhere (O-12).
    async fn begin_login(&self, typed: &Endpoint) -> Result<LoginBegun, StorageError>;

    /// Asks what has come of a login flow. A server answers a granted one once.
    ///
    /// # Errors
    /// What the server said.
    async fn poll_login(&self, poll: &LoginPoll) -> Result<Polled, StorageError>;

    /// Deletes the app password of this login. One that is not accepted any more is no error.
    ///
    /// # Errors
    /// What the server said; the password may still be accepted then.
    async fn end_app_password(
        &self,
        endpoint: &Endpoint,
        login: &Login,
    ) -> Result<AppPasswordEnd, StorageError>;
}
