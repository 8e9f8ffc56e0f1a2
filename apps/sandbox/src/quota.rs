//! How much each person may store at a provider.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::identity::{Person, Provider};

/// The limits that were set; everyone else has the provider's own.
#[derive(Default)]
pub(crate) struct Quotas(Mutex<HashMap<(Provider, &'static str), u64>>);

impl Quotas {
    /// How many bytes a person may store at a provider.
    pub(crate) fn limit(&self, provider: Provider, person: &Person) -> u64 {
        let limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = limits.get(&(provider, person.email)).copied();
        limit.unwrap_or(match provider {
            Provider::Google => 15 << 30,
            Provider::Microsoft => 5 << 30,
        })
    }

    /// Sets that number.
    pub(crate) fn set(&self, provider: Provider, person: &'static Person, bytes: u64) {
        let mut limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        limits.insert((provider, person.email), bytes);
    }
}
