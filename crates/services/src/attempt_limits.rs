//! How often a password may be guessed. Who fails too often waits, whether the account exists or not:
//! the typed address is counted, and nothing tells the two apart (E-02). It knows no account.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use wharf_crypto::digest::sha256;
use wharf_domain::ports::attempts::{AttemptKey, AttemptLimit, Attempts, TooManyAttempts};

use crate::error::ServiceError;

const WITHIN: Duration = Duration::from_mins(15);

/// Well below the hundred in a row that NIST SP 800-63B, section 3.2.2, allows at most.
const PER_ACCOUNT: AttemptLimit = AttemptLimit {
    most: 20,
    within: WITHIN,
};

/// More people than one may come from behind one address.
const PER_ADDRESS: AttemptLimit = AttemptLimit {
    most: 200,
    within: WITHIN,
};

/// Counts guesses of passwords.
#[derive(Clone)]
pub(crate) struct AttemptLimits {
    attempts: Arc<dyn Attempts>,
}

/// A guess that was counted before it is known to be one.
pub(crate) struct Counted {
    account: AttemptKey,
    address: Option<AttemptKey>,
}

impl AttemptLimits {
    /// Limits on what this counts.
    pub(crate) fn new(attempts: Arc<dyn Attempts>) -> Self {
        Self { attempts }
    }

    /// Counts a guess at the password of `email`, from `address` where that is known. It is counted
    /// beforehand, so that many at once are as many as one after the other.
    ///
    /// # Errors
    /// [`ServiceError::TooManyAttempts`].
    pub(crate) async fn admit(
        &self,
        email: &str,
        address: Option<IpAddr>,
    ) -> Result<Counted, ServiceError> {
        let counted = Counted {
            account: key("login.account", email.trim().to_lowercase().as_bytes()),
            address: address.map(|it| key("login.address", network(it).to_string().as_bytes())),
        };
        // The address goes first: who is stopped there fills no memory with accounts.
        if let Some(address) = counted.address {
            self.count(address, PER_ADDRESS).await?;
        }
        self.count(counted.account, PER_ACCOUNT).await?;
        Ok(counted)
    }

    /// It was no guess: the account begins anew, and the address has one fewer.
    pub(crate) async fn succeeded(&self, counted: Counted) {
        self.attempts.forget(counted.account).await;
        if let Some(address) = counted.address {
            self.attempts.take_back(address).await;
        }
    }

    /// It never came to a guess.
    pub(crate) async fn take_back(&self, counted: Counted) {
        self.attempts.take_back(counted.account).await;
        if let Some(address) = counted.address {
            self.attempts.take_back(address).await;
        }
    }

    async fn count(&self, key: AttemptKey, limit: AttemptLimit) -> Result<(), ServiceError> {
        let counted = self.attempts.count(key, limit).await;
        counted.map_err(
            |TooManyAttempts { retry_after }| ServiceError::TooManyAttempts { retry_after },
        )
    }
}

fn key(purpose: &'static str, thing: &[u8]) -> AttemptKey {
    AttemptKey {
        purpose,
        digest: sha256(thing),
    }
}

/// Whom an address belongs to: of IPv6 one customer has a /64 at the least.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_for_whom_it_belongs_to() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("203.0.113.77"), "203.0.113.77");
        assert_eq!(network("::ffff:203.0.113.77"), "203.0.113.77");
        assert_eq!(network("2001:db8:1:2:3::4"), "2001:db8:1:2::");
    }
}
