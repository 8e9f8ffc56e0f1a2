//! The hosts and the accounts whose calls are watched, within this process. No more are remembered than fit,
//! and of a credential only that it is the same one.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use url::Url;
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;

use crate::breaker::Breaker;
use crate::circuit::{Circuit, Host, unknown_account};

/// The hosts, and the accounts, that are remembered at most.
const MAX_KNOWN: usize = 10_000;

/// All that are known.
#[derive(Clone)]
pub(crate) struct Circuits {
    known: Arc<Known>,
    pub(crate) random: Arc<dyn Random>,
}

#[derive(Default)]
struct Known {
    hosts: Mutex<HashMap<(Provider, String), Host>>,
    accounts: Mutex<HashMap<u64, Breaker>>,
    /// Keyed anew in each process, so that a number tells nothing of the credential that it stands for.
    numbers: RandomState,
}

impl Circuits {
    /// None yet.
    pub(crate) fn new(random: Arc<dyn Random>) -> Self {
        Self {
            known: Arc::default(),
            random,
        }
    }

    /// The way to the host of this address about the account that this credential opens there. Another
    /// credential is another account: whoever has a wrong password gets nobody else a rest.
    pub(crate) fn to(&self, provider: Provider, url: &Url, credential: impl Hash) -> Circuit {
        let number = (provider, origin(url), credential);
        let number = self.known.numbers.hash_one(number);
        Circuit {
            circuits: self.clone(),
            provider,
            host: self.host(provider, url),
            account: remembered(
                &self.known.accounts,
                number,
                unknown_account,
                Breaker::is_resting,
            ),
            is_insistent: false,
        }
    }

    /// What is known of the host of this address.
    pub(crate) fn host(&self, provider: Provider, url: &Url) -> Host {
        let name = (provider, origin(url));
        remembered(&self.known.hosts, name, Host::unknown, |host| {
            host.breaker.is_resting()
        })
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// What is known under this name. Where no more fit, all are forgotten that are not `kept`; if even then there
/// is no room, then what is new is not remembered.
fn remembered<K: Eq + Hash, V: Clone>(
    known: &Mutex<HashMap<K, V>>,
    name: K,
    unknown: fn() -> V,
    is_kept: fn(&V) -> bool,
) -> V {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MAX_KNOWN && !known.contains_key(&name) {
        known.retain(|_, one| is_kept(one));
        if known.len() >= MAX_KNOWN {
            return unknown();
        }
    }
    known.entry(name).or_insert_with(unknown).clone()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::breaker::Said;

    use super::*;

    fn known(number: usize, known: &Mutex<HashMap<usize, Breaker>>) -> Breaker {
        remembered(known, number, unknown_account, Breaker::is_resting)
    }

    #[test]
    fn one_credential_at_one_host_is_one_account() {
        struct Nothing;
        impl Random for Nothing {
            fn fill(&self, _: &mut [u8]) {}
        }
        let circuits = Circuits::new(Arc::new(Nothing));
        let is_resting = |provider, url: &str, credential: &str| {
            let circuit = circuits.to(provider, &url.parse().unwrap(), credential);
            circuit.account.is_resting()
        };
        let url: Url = "https://a.org/dav/anna".parse().unwrap();
        let resting = circuits.to(Provider::Webdav, &url, "secret");
        let pass = resting.account.admit().unwrap();
        pass.tell(Said::Limited(Duration::from_secs(60)));
        assert!(is_resting(Provider::Webdav, "https://a.org/else", "secret"));
        for (provider, url, credential) in [
            (Provider::Webdav, "https://a.org/dav/anna", "wrong"),
            (Provider::Webdav, "https://b.org/dav/anna", "secret"),
            (Provider::Nextcloud, "https://a.org/dav/anna", "secret"),
        ] {
            assert!(!is_resting(provider, url, credential), "{url} {credential}");
        }
        assert!(!resting.host.breaker.is_resting());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_are_remembered_than_fit_and_those_at_rest_longest() {
        let all = Mutex::default();
        let minute = Duration::from_mins(1);
        known(0, &all).admit().unwrap().tell(Said::Limited(minute));
        for number in 1..=MAX_KNOWN {
            known(number, &all);
        }
        assert_eq!(all.lock().unwrap().len(), 2);
        assert!(known(0, &all).is_resting());
    }

    #[tokio::test(start_paused = true)]
    async fn where_all_rest_a_new_one_is_let_through_and_forgotten() {
        let all = Mutex::default();
        let minute = Duration::from_mins(1);
        for number in 0..MAX_KNOWN {
            let pass = known(number, &all).admit().unwrap();
            pass.tell(Said::Limited(minute));
        }
        known(MAX_KNOWN, &all)
            .admit()
            .unwrap()
            .tell(Said::Limited(minute));
        assert!(known(MAX_KNOWN, &all).admit().is_ok());
        assert_eq!(all.lock().unwrap().len(), MAX_KNOWN);
        tokio::time::advance(minute).await;
        known(MAX_KNOWN, &all);
        assert_eq!(all.lock().unwrap().len(), 1);
    }
}
