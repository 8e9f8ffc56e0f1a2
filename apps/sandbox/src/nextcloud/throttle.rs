//! Brute-force protection: wrong passwords are counted by the address they come from, and too many of
//! them shut everybody out who comes from there.
//! <https://docs.nextcloud.com/server/latest/admin_manual/configuration_server/bruteforce_configuration.html>

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// For how long a wrong password counts.
const WINDOW: Duration = Duration::from_secs(30 * 60);

/// The wrong passwords of every address.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<BTreeMap<IpAddr, Attempts>>);

#[derive(Debug, Default)]
struct Attempts {
    /// Those that still count.
    recent: Vec<Attempt>,
    /// All that ever came.
    total: u64,
}

#[derive(Debug)]
struct Attempt {
    at: SystemTime,
    login_name: String,
}

impl Throttle {
    /// Whether so many have come from an address that nobody there gets in.
    pub(super) fn shuts_out(&self, address: IpAddr, most: usize, now: SystemTime) -> bool {
        let mut addresses = self.lock();
        let Some(attempts) = addresses.get_mut(&address) else {
            return false;
        };
        attempts.recent.retain(|attempt| {
            let age = now.duration_since(attempt.at).unwrap_or_default();
            age < WINDOW
        });
        attempts.recent.len() >= most
    }

    /// A wrong password has come.
    pub(super) fn failed(&self, address: IpAddr, login_name: &str, now: SystemTime) {
        let mut addresses = self.lock();
        let attempts = addresses.entry(address).or_default();
        attempts.total += 1;
        attempts.recent.push(Attempt {
            at: now,
            login_name: login_name.to_owned(),
        });
    }

    /// A right one has: those before it of the same user count no more.
    pub(super) fn succeeded(&self, address: IpAddr, login_name: &str) {
        if let Some(attempts) = self.lock().get_mut(&address) {
            let is_others = |attempt: &Attempt| attempt.login_name != login_name;
            attempts.recent.retain(is_others);
        }
    }

    /// How many have ever come from each address, whether they still count or not.
    pub(super) fn totals(&self) -> BTreeMap<IpAddr, u64> {
        let addresses = self.lock();
        let totals = addresses.iter();
        totals
            .map(|(address, attempts)| (*address, attempts.total))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, Attempts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
