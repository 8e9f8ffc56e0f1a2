//! Where an issuer's keys come from, and how its rotation is followed: a key that is not known is looked
//! for anew, and what was known is looked at again after a while. Knows no token.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use reqwest::{Method, Request};
use tokio::time::timeout;
use url::Url;
use wharf_domain::ports::outside_tokens::OutsideRefusal;
use wharf_domain::time::{Clock, Timestamp};
use wharf_egress::{Limits, Trust};

use super::key_set::{self, IssuerKey};

/// A set with many certificates in it.
const MAX_BYTES: u64 = 256 * 1024;

/// How long keys are used before they are looked at again: one that was taken back is gone by then.
const FRESH_FOR: Duration = Duration::from_mins(10);

/// How long keys stay good while the issuer cannot be asked.
const GOOD_FOR: Duration = Duration::from_hours(24);

/// How long lies between two looks, whatever tokens come: anybody can name a key.
const PAUSE: Duration = Duration::from_secs(10);

/// How long a look may take in all.
const PATIENCE: Duration = Duration::from_secs(5);

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
    known: Arc<Mutex<Known>>,
}

/// One look, for which all wait who need it.
type Look = Shared<BoxFuture<'static, ()>>;

#[derive(Default)]
struct Known {
    keys: HashMap<String, IssuerKey>,
    read_at: Option<Timestamp>,
    looked_at: Option<Timestamp>,
    look: Option<Look>,
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
            known: Arc::default(),
        }
    }

    /// The key with this id, if the issuer has it. A known one is given at once; a look at what is not
    /// known, or not any more, is waited for.
    pub(super) async fn find(&self, id: &str) -> Result<Option<IssuerKey>, OutsideRefusal> {
        let now = self.clock.now();
        let (key, look) = {
            let mut known = lock(&self.known);
            let key = known.key(id, now);
            let look = if key.is_some() && known.is_younger(FRESH_FOR, now) {
                None
            } else {
                self.look(&mut known, now)
            };
            (key, look)
        };
        if key.is_some() {
            return Ok(key);
        }
        if let Some(look) = look {
            look.await;
        }
        let known = lock(&self.known);
        match known.key(id, now) {
            Some(key) => Ok(Some(key)),
            None if known.is_younger(GOOD_FOR, now) => Ok(None),
            None => Err(OutsideRefusal::KeysUnavailable),
        }
    }

    /// The look that is under way, or one that begins now, unless the last was a moment ago. It goes on
    /// though all go away who wait for it.
    fn look(&self, known: &mut Known, now: Timestamp) -> Option<Look> {
        if let Some(look) = &known.look {
            return Some(look.clone());
        }
        if known.looked_at.is_some_and(|at| now.since(at) < PAUSE) {
            return None;
        }
        known.looked_at = Some(now);
        let (source, egress) = (self.source.clone(), self.egress.clone());
        let shared = Arc::clone(&self.known);
        let looking = tokio::spawn(async move {
            let read = timeout(PATIENCE, read(source, &egress)).await.ok();
            let mut known = lock(&shared);
            match read.flatten() {
                Some(keys) => {
                    known.keys = keys;
                    known.read_at = Some(now);
                }
                None => tracing::warn!("the keys of the outside issuer cannot be read"),
            }
            known.look = None;
        });
        let look = looking.map(drop).boxed().shared();
        known.look = Some(look.clone());
        Some(look)
    }
}

impl Known {
    fn key(&self, id: &str, now: Timestamp) -> Option<IssuerKey> {
        let key = self.keys.get(id).cloned();
        key.filter(|_| self.is_younger(GOOD_FOR, now))
    }

    fn is_younger(&self, age: Duration, now: Timestamp) -> bool {
        self.read_at.is_some_and(|at| now.since(at) < age)
    }
}

/// Nothing panics while it holds the lock, so what lies behind it is whole.
fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(
    source: KeySource,
    egress: &wharf_egress::Client,
) -> Option<HashMap<String, IssuerKey>> {
    let json = match source {
        KeySource::Url(url) => fetch(url, egress).await?,
        KeySource::File(path) => {
            let metadata = tokio::fs::metadata(&path).await.ok()?;
            if metadata.len() > MAX_BYTES {
                return None;
            }
            tokio::fs::read(&path).await.ok()?
        }
    };
    key_set::read(&json)
}

async fn fetch(url: Url, egress: &wharf_egress::Client) -> Option<Vec<u8>> {
    let limits = Limits {
        max_bytes: Some(MAX_BYTES),
    };
    let request = Request::new(Method::GET, url);
    let answer = egress.execute(request, limits).await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    let body = answer.collect_capped(MAX_BYTES).await.ok()?;
    Some(body.to_vec())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use serde_json::json;
    use tempfile::TempDir;
    use wharf_egress::{Exceptions, Options, Policy};

    use super::*;

    /// The public key of RFC 8037, appendix A.2.
    const ED25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    struct Hands(AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_seconds(self.0.load(Ordering::SeqCst))
        }
    }

    /// An issuer whose keys are in a file, and a clock that is set by hand.
    struct Scene {
        folder: TempDir,
        clock: Arc<Hands>,
        keys: Keys,
    }

    impl Scene {
        fn new() -> Self {
            let folder = TempDir::new().unwrap();
            let clock = Arc::new(Hands(AtomicI64::new(1_000_000)));
            let policy = Policy::new(Exceptions::default());
            let egress = wharf_egress::Client::new(policy, Options::default()).unwrap();
            let file = KeySource::File(folder.path().join("jwks.json"));
            let keys = Keys::new(file, &egress, Arc::clone(&clock) as Arc<dyn Clock>);
            Self {
                folder,
                clock,
                keys,
            }
        }

        fn publish(&self, ids: &[&str]) {
            let key = |id| json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "x": ED25519});
            let keys: Vec<_> = ids.iter().map(key).collect();
            let set = json!({"keys": keys}).to_string();
            std::fs::write(self.folder.path().join("jwks.json"), set).unwrap();
        }

        fn withdraw_all(&self) {
            std::fs::remove_file(self.folder.path().join("jwks.json")).unwrap();
        }

        fn pass(&self, time: Duration) {
            let seconds = i64::try_from(time.as_secs()).unwrap();
            self.clock.0.fetch_add(seconds, Ordering::SeqCst);
        }

        async fn has(&self, id: &str) -> Result<bool, OutsideRefusal> {
            self.keys.find(id).await.map(|key| key.is_some())
        }

        /// Waits for a look that nobody waited for.
        async fn settle(&self) {
            let look = lock(&self.keys.known).look.clone();
            if let Some(look) = look {
                look.await;
            }
        }
    }

    fn ring() {
        let _ = rustls::crypto::ring::default_provider().install_default();
    }

    #[tokio::test]
    async fn a_new_key_is_looked_for_and_not_more_than_once_in_ten_seconds() {
        ring();
        let scene = Scene::new();
        scene.publish(&["one"]);
        assert_eq!(scene.has("one").await, Ok(true));
        scene.publish(&["one", "two"]);
        for _ in 0..3 {
            assert_eq!(scene.has("two").await, Ok(false));
        }
        scene.pass(PAUSE);
        assert_eq!(scene.has("anybody's").await, Ok(false));
        assert_eq!(scene.has("two").await, Ok(true));
    }

    #[tokio::test]
    async fn a_key_that_was_taken_back_is_gone_after_ten_minutes() {
        ring();
        let scene = Scene::new();
        scene.publish(&["one", "two"]);
        assert_eq!(scene.has("one").await, Ok(true));
        scene.publish(&["two"]);
        scene.pass(FRESH_FOR);
        // It is given once more, for nobody waits for what is known.
        assert_eq!(scene.has("one").await, Ok(true));
        scene.settle().await;
        assert_eq!(scene.has("one").await, Ok(false));
        assert_eq!(scene.has("two").await, Ok(true));
    }

    #[tokio::test]
    async fn known_keys_stay_good_for_a_day_while_the_issuer_is_away() {
        ring();
        let scene = Scene::new();
        assert_eq!(scene.has("one").await, Err(OutsideRefusal::KeysUnavailable));
        scene.publish(&["one"]);
        scene.pass(PAUSE);
        assert_eq!(scene.has("one").await, Ok(true));
        scene.withdraw_all();
        scene.pass(GOOD_FOR - PAUSE);
        assert_eq!(scene.has("one").await, Ok(true));
        scene.settle().await;
        scene.pass(PAUSE);
        assert_eq!(scene.has("one").await, Err(OutsideRefusal::KeysUnavailable));
    }

    // A client that hangs up takes no look along.
    #[tokio::test]
    async fn a_look_goes_on_without_whoever_began_it() {
        ring();
        let scene = Scene::new();
        scene.publish(&["one"]);
        let mut asking = Box::pin(scene.has("one"));
        assert!(futures_util::poll!(&mut asking).is_pending());
        drop(asking);
        scene.settle().await;
        assert_eq!(scene.has("one").await, Ok(true));
    }
}
