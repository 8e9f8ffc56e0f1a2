//! Who comes in: accounts, sessions, and the outside issuer where there is one.

use std::sync::Arc;

use wharf_domain::ports::attempts::Attempts;
use wharf_ephemeral::{MemoryAttempts, RedisAttempts, RedisOptions};
use wharf_identity::{AccessTokens, Argon2Passwords, IssuerTokens};
use wharf_services::accounts::Accounts;
use wharf_services::gate::Gate;
use wharf_services::sessions::{OutsideLogins, Sessions};

use super::StartError;
use super::ground::Ground;

impl Ground<'_> {
    pub(super) fn people(&self) -> Result<(Accounts, Sessions, Gate), StartError> {
        let gate = Gate::new(Arc::new(Argon2Passwords::new()), self.open_attempts()?);
        let accounts = Accounts::new(
            self.rows(),
            self.rows(),
            gate.clone(),
            self.vault.clone(),
            self.environment.clone(),
        );
        let issuer = self.settings.public_url();
        let tokens = AccessTokens::new(&self.keyring.current(), issuer, Arc::clone(&self.clock));
        let sessions = Sessions::new(
            self.rows(),
            self.rows(),
            self.rows(),
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
            let tokens = IssuerTokens::new(issuer, &self.egress, Arc::clone(&self.clock));
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
