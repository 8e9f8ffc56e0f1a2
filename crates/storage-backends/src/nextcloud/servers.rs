//! Nextcloud servers, as far as no file of an account is concerned.

use std::sync::Arc;

use async_trait::async_trait;
use wharf_domain::connection::Endpoint;
use wharf_domain::ports::nextcloud::{
    AppPasswordEnd, Login, LoginBegun, LoginPoll, NextcloudServers, Polled,
};
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;

use crate::fault::Fault;
use crate::webdav::{self, Base};

use super::account::{Account, Shared, client};
use super::ocs::{self, User};
use super::place::Place;
use super::{find, login_flow};

/// All of them.
pub(crate) struct Servers {
    shared: Shared,
}

impl Servers {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared }
    }

    /// Typed or found long ago: the rules may have changed since.
    fn base(&self, endpoint: &Endpoint) -> Result<Base, Fault> {
        let base = webdav::base(&self.shared.webdav.egress, &endpoint.0);
        base.map_err(|refusal| StorageErrorKind::AddressRefused(refusal).into())
    }

    async fn installation(&self, typed: &Endpoint) -> Result<Base, Fault> {
        let typed = self.base(typed)?;
        find::installation(&self.shared.webdav.egress, &typed).await
    }

    async fn located(&self, typed: &Endpoint, login: &Login) -> Result<Endpoint, Fault> {
        let installation = self.installation(typed).await?;
        let login = Arc::new(webdav::Login {
            username: login.username.as_str().to_owned(),
            password: login.password.clone(),
        });
        let home = client(&self.shared, installation.clone(), login);
        let user: User = ocs::get(&home, &["cloud", "user"]).await?;
        let place = Place::new(installation, &user.id).ok_or(StorageErrorKind::WrongProtocol)?;
        let endpoint = Endpoint(place.files.as_url().as_str().to_owned());
        // It must pass whenever the storage is opened.
        self.base(&endpoint)?;
        Ok(endpoint)
    }

    async fn begun(&self, typed: &Endpoint) -> Result<LoginBegun, Fault> {
        let installation = self.installation(typed).await?;
        login_flow::begin(&self.shared.webdav.egress, &installation).await
    }

    async fn polled(&self, poll: &LoginPoll) -> Result<Polled, Fault> {
        let installation = self.base(&poll.installation)?;
        login_flow::poll(&self.shared.webdav.egress, &installation, poll).await
    }

    /// The endpoint is that of an account or of an installation. A server that is given a rest is asked all
    /// the same: what is in force there is worse than one request more.
    async fn ended(&self, endpoint: &Endpoint, login: &Login) -> Result<AppPasswordEnd, Fault> {
        let base = self.base(endpoint)?;
        let username = login.username.as_str().to_owned();
        let password = login.password.clone();
        let home = match Place::of_files(&base) {
            Some(place) => Account::open(&self.shared, place, username, password).home,
            None => {
                let login = Arc::new(webdav::Login { username, password });
                client(&self.shared, base, login)
            }
        };
        ocs::delete_app_password(&home.insisting()).await
    }
}

fn probing(fault: Fault) -> StorageError {
    fault.of(Provider::Nextcloud, Operation::Probe)
}

#[async_trait]
impl NextcloudServers for Servers {
    async fn locate(&self, typed: &Endpoint, login: &Login) -> Result<Endpoint, StorageError> {
        self.located(typed, login).await.map_err(probing)
    }

    async fn begin_login(&self, typed: &Endpoint) -> Result<LoginBegun, StorageError> {
        self.begun(typed).await.map_err(probing)
    }

    async fn poll_login(&self, poll: &LoginPoll) -> Result<Polled, StorageError> {
        self.polled(poll).await.map_err(probing)
    }

    async fn end_app_password(
        &self,
        endpoint: &Endpoint,
        login: &Login,
    ) -> Result<AppPasswordEnd, StorageError> {
        self.ended(endpoint, login).await.map_err(probing)
    }
}
