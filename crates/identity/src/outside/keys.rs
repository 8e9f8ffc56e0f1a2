//! Where an issuer's keys come from, and how its rotation is followed: a key that is not known is looked
//! for anew, and what was known is looked at again after a while. Knows no token.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, Request};
use tokio::sync::Mutex;
use url::Url;
use wharf_domain::ports::outside_tokens::OutsideRefusal;
use wharf_domain::time::{Clock, Timestamp};
use wharf_egress::{Limits, Trust};

use super::key_set::{self, IssuerKey};

/// A set with many certificates in it.
const MAX_BYTES: u64 = 256 * 1024;

/// How long keys are used before they are looked at again: one that was taken back is gone by then.
const FRESH_FOR: Duration = Duration::from_mins(10);

/// How long lies between two looks, whatever tokens come: they are anybody's.
const PAUSE: Duration = Duration::from_secs(10);

/// Where an issuer's keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// At this address, which the operator names.
    Url(Url),
    /// In this file, which may be replaced at any time.
    File(PathBuf),
}

/// An issuer's keys.
pub(super) struct Keys {
    source: KeySource,
    egress: wharf_egress::Client,
    clock: Arc<dyn Clock>,
    /// Whoever looks, looks for all who wait.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, IssuerKey>,
    read_at: Option<Timestamp>,
    looked_at: Option<Timestamp>,
}

impl Keys {
    pub(super) fn new(
        source: KeySource,
        egress: &wharf_egress::Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            source,
            egress: egress.trusting(Trust::Operator),
            clock,
            known: Mutex::default(),
        }
    }

    /// The key with this id, if the issuer has it. What was known stays good while the issuer cannot be
    /// asked.
    pub(super) async fn find(&self, id: &str) -> Result<Option<IssuerKey>, OutsideRefusal> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        let is_due = !known.is_fresh(now) || !known.keys.contains_key(id);
        if is_due && known.may_look(now) {
            known.looked_at = Some(now);
            match self.read().await {
                Some(keys) => {
                    known.keys = keys;
                    known.read_at = Some(now);
                }
                None => tracing::warn!("the keys of the outside issuer cannot be read"),
            }
        }
        match known.keys.get(id) {
            Some(key) => Ok(Some(key.clone())),
            None if known.is_fresh(now) => Ok(None),
            None => Err(OutsideRefusal::KeysUnavailable),
        }
    }

    async fn read(&self) -> Option<HashMap<String, IssuerKey>> {
        let json = match &self.source {
            KeySource::Url(url) => self.fetch(url.clone()).await?,
            KeySource::File(path) => {
                let metadata = tokio::fs::metadata(path).await.ok()?;
                if metadata.len() > MAX_BYTES {
                    return None;
                }
                tokio::fs::read(path).await.ok()?
            }
        };
        key_set::read(&json)
    }

    async fn fetch(&self, url: Url) -> Option<Vec<u8>> {
        let limits = Limits {
            max_bytes: Some(MAX_BYTES),
        };
        let request = Request::new(Method::GET, url);
        let answer = self.egress.execute(request, limits).await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        let body = answer.collect_capped(MAX_BYTES).await.ok()?;
        Some(body.to_vec())
    }
}

impl Known {
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.read_at.is_some_and(|at| now.since(at) < FRESH_FOR)
    }

    fn may_look(&self, now: Timestamp) -> bool {
        self.looked_at.is_none_or(|at| now.since(at) >= PAUSE)
    }
}
