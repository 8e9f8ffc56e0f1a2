//! Where a client is careless and the provider lets it pass: told to tests, which assert that nothing is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::identity::Provider;

/// A request that a provider answers, and that should have been another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ContractWarning {
    /// Whose contract it is about.
    pub provider: Provider,
    /// The method of the request.
    pub method: String,
    /// Its path, without the query, which may hold secrets.
    pub path: String,
    /// What is wrong with it.
    pub text: String,
}

/// The warnings, oldest first.
#[derive(Default)]
pub(crate) struct Contract(Mutex<Vec<ContractWarning>>);

impl Contract {
    /// More warnings than this many are not kept: the first ones tell enough.
    const CAPACITY: usize = 10_000;

    pub(crate) fn warn(&self, provider: Provider, method: &str, path: &str, text: &str) {
        let mut warnings = self.entries();
        if warnings.len() < Self::CAPACITY {
            warnings.push(ContractWarning {
                provider,
                method: method.to_owned(),
                path: path.to_owned(),
                text: text.to_owned(),
            });
        }
    }

    pub(crate) fn warnings(&self) -> Vec<ContractWarning> {
        self.entries().clone()
    }

    /// Forgets them.
    pub(crate) fn clear(&self) {
        self.entries().clear();
    }

    fn entries(&self) -> MutexGuard<'_, Vec<ContractWarning>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
