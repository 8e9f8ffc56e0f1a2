//! Who comes in: accounts, sessions, and the outside issuer where there is one.

use std::sync::Arc;

use wharf_crypto::Keyring;
use wharf_domain::environment::Environment;
use wharf_domain::ports::attempts::Attempts;
use wharf_domain::time::Clock;
use wharf_egress::Client;
use wharf_ephemeral::{MemoryAttempts, RedisAttempts, RedisOptions};
use wharf_identity::{AccessTokens, Argon2Passwords, IssuerTokens};
use wharf_persistence::Database;
use wharf_services::accounts::Accounts;
use wharf_services::gate::Gate;
use wharf_services::sessions::{OutsideLogins, Sessions};
use wharf_services::vault::Vault;

use super::StartError;
use crate::settings::Settings;

/// What the use cases around people are made of.
pub(super) struct People<'a> {
    pub(super) settings: &'a Settings,
    pub(super) database: &'a Database,
    pub(super) vault: &'a Vault,
    pub(super) egress: &'a Client,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) environment: &'a Environment,
}

impl People<'_> {
    pub(super) fn compose(
        &self,
        keyring: &Keyring,
    ) -> Result<(Accounts, Sessions, Gate), StartError> {
        let gate = Gate::new(Arc::new(Argon2Passwords::new()), self.open_attempts()?);
        let accounts = Accounts::new(
            Arc::new(self.database.clone()),
            Arc::new(self.database.clone()),
            gate.clone(),
            self.vault.clone(),
            self.environment.clone(),
        );
        let issuer = self.settings.public_url();
        let tokens = AccessTokens::new(keyring, issuer, Arc::clone(self.clock));
        let sessions = Sessions::new(
            Arc::new(self.database.clone()),
            Arc::new(self.database.clone()),
            Arc::new(self.database.clone()),
            Arc::new(tokens),
            gate.clone(),
            self.environment.clone(),
        );
        let sessions = match self.outside_logins(&accounts)? {
            Some(outside) => sessions.vouched_for_by(outside),
            None => sessions,
        };
        Ok((accounts, sessions, gate))
    }

    fn outside_logins(&self, accounts: &Accounts) -> Result<Option<OutsideLogins>, StartError> {
        let described = self.settings.outside_issuer.described()?;
        Ok(described.map(|(issuer, provisioning)| {
            let tokens = IssuerTokens::new(issuer, self.egress, Arc::clone(self.clock));
            OutsideLogins::new(Arc::new(tokens), accounts.clone(), provisioning)
        }))
    }

    /// Where guesses of passwords are counted. Replicas must count together.
    fn open_attempts(&self) -> Result<Arc<dyn Attempts>, StartError> {
        let Some(url) = &self.settings.redis_url else {
            return Ok(Arc::new(MemoryAttempts::new()));
        };
        let prefix = RedisOptions::default().prefix;
        let patience = RedisAttempts::PATIENCE;
        Ok(Arc::new(RedisAttempts::open(url, &prefix, patience)?))
    }
}
