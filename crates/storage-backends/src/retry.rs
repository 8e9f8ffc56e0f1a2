//! Asks again where asking again does no harm and may help. It knows no protocol.

use std::time::Duration;

use wharf_domain::ports::storage::StorageErrorKind;

use crate::circuit::Circuit;
use crate::fault::Fault;

/// How often a request goes out, the first time included.
pub(crate) const TRIES: u32 = 3;

/// The longest pause before the second try; the third may wait twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest that a server which asks for patience is waited for. Somebody waits for us meanwhile, and
/// does better to know how long it takes.
const PATIENCE: Duration = Duration::from_secs(3);

impl Circuit {
    /// Makes a call that does no more when it is made twice, up to three times, until it succeeds or fails
    /// for good. A server that asks for more patience than there is gets its refusal passed on at once.
    pub(crate) async fn idempotent<T, F>(&self, call: impl Fn() -> F + Send) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>> + Send,
    {
        let mut tried = 1;
        loop {
            let fault = match call().await {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            if !self.is_another_try(&fault, tried).await {
                return Err(fault);
            }
            tried += 1;
        }
    }

    /// Makes a call that does more when it is made twice, up to three times as well. Where nobody knows what
    /// became of a try, `done` looks first whether there already is what was to come of it.
    pub(crate) async fn once<T, F, D>(
        &self,
        call: impl Fn() -> F + Send,
        done: impl Fn() -> D + Send,
    ) -> Result<T, Fault>
    where
        T: Send,
        F: Future<Output = Result<T, Fault>> + Send,
        D: Future<Output = Result<Option<T>, Fault>> + Send,
    {
        let mut tried = 1;
        let mut doubtful: Option<Fault> = None;
        loop {
            let fault = match call().await {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            let is_doubtful = fault.is_of_unknown_outcome();
            // Also where a later try is refused because of what the first one did.
            if is_doubtful || doubtful.is_some() {
                match done().await {
                    Ok(Some(done)) => return Ok(done),
                    Ok(None) if !is_doubtful => doubtful = None,
                    _ => {}
                }
            }
            if !self.is_another_try(&fault, tried).await {
                // A refusal is no answer to whether it was done before, as long as nobody could look.
                return Err(doubtful.filter(|_| !is_doubtful).unwrap_or(fault));
            }
            if is_doubtful {
                doubtful = Some(fault);
            }
            tried += 1;
        }
    }

    /// Whether to try again after that many tries, of which the last one failed like this. If so, the
    /// pause has passed, and the host can bear it.
    pub(crate) async fn is_another_try(&self, fault: &Fault, tried: u32) -> bool {
        let pause = self.pause(fault, tried).filter(|_| tried < TRIES);
        match pause.filter(|_| self.may_ask_again()) {
            Some(pause) => {
                tokio::time::sleep(pause).await;
                true
            }
            None => false,
        }
    }

    /// The same of a part of an upload, after which the server can say how much of it has arrived. So what
    /// took too long is worth another try, too.
    pub(crate) async fn is_gone_on_with(&self, fault: &Fault, tried: u32) -> bool {
        if fault.is_of_the_way() {
            tried < TRIES && self.may_ask_again()
        } else {
            self.is_another_try(fault, tried).await
        }
    }

    /// How long to wait after that many tries; `None` where no waiting helps.
    ///
    /// The pause is drawn from all up to the longest ("full jitter"), so that those who were refused
    /// together do not come back together. A server that names a time is waited for as long, and on top.
    fn pause(&self, fault: &Fault, tried: u32) -> Option<Duration> {
        if !fault.is_passing() {
            return None;
        }
        let asked = match fault.kind {
            StorageErrorKind::RateLimited { retry_after } => retry_after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        let longest = PAUSE * 2_u32.saturating_pow(tried.saturating_sub(1));
        (asked <= PATIENCE).then(|| asked + longest.mul_f64(self.fraction()))
    }

    /// Evenly from zero to one.
    fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.random().fill(&mut bytes);
        f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::Instant;
    use wharf_domain::provider::Provider;
    use wharf_domain::random::Random;

    use crate::circuits::Circuits;

    use super::*;

    /// Draws the same byte again and again.
    struct Always(u8);

    impl Random for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    /// A way that nobody has gone yet.
    fn circuit(drawn: u8) -> Circuit {
        let url = "https://a.org".parse().unwrap();
        Circuits::new(Arc::new(Always(drawn))).to(Provider::Webdav, &url, "anna")
    }

    /// How often a call that always fails like this goes out, how long that takes, and how it ends.
    async fn tries(drawn: u8, fault: impl Fn() -> Fault + Sync) -> (u32, Duration, Fault) {
        let circuit = circuit(drawn);
        let tried = AtomicU32::new(0);
        let began = Instant::now();
        let failed = circuit
            .idempotent(|| async {
                tried.fetch_add(1, Ordering::Relaxed);
                Err::<(), _>(fault())
            })
            .await;
        (tried.into_inner(), began.elapsed(), failed.unwrap_err())
    }

    fn limited(secs: Option<u64>) -> Fault {
        let retry_after = secs.map(Duration::from_secs);
        StorageErrorKind::RateLimited { retry_after }.into()
    }

    //
    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_three_times_at_most() {
        let (tried, took, fault) = tries(255, || StorageErrorKind::Unavailable.into()).await;
        assert_eq!((tried, took), (3, Duration::from_millis(1500)));
        assert_eq!(fault.kind, StorageErrorKind::Unavailable);
        let (tried, took, _) = tries(0, || StorageErrorKind::Interrupted.into()).await;
        assert_eq!((tried, took), (3, Duration::ZERO));
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_server_is_waited_for_as_long_as_it_asks() {
        let (tried, took, _) = tries(0, || limited(Some(2))).await;
        assert_eq!((tried, took), (3, Duration::from_secs(4)));
    }

    // whoever asks for more is not waited for, and whoever has used a quota up not asked again.
    #[tokio::test(start_paused = true)]
    async fn what_will_not_pass_is_not_tried_again() {
        let long = || limited(Some(4));
        let full = || StorageErrorKind::Full.into();
        let used_up = || limited(None).finally();
        let slow = || StorageErrorKind::TimedOut.into();
        let faults: [&(dyn Fn() -> Fault + Sync); 4] = [&long, &full, &used_up, &slow];
        for fault in faults {
            let (tried, took, failed) = tries(255, fault).await;
            assert_eq!((tried, took), (1, Duration::ZERO), "{failed:?}");
            assert_eq!(failed.kind, fault().kind);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_succeeds_is_made_no_more() {
        let circuit = circuit(1);
        let tried = AtomicU32::new(0);
        let done = circuit
            .idempotent(|| async {
                match tried.fetch_add(1, Ordering::Relaxed) {
                    0 => Err(StorageErrorKind::Unavailable.into()),
                    number => Ok(number),
                }
            })
            .await;
        assert_eq!(done.unwrap(), 1);
        assert_eq!(tried.into_inner(), 2);
    }

    // what may have been done is looked for, and not done once more.
    #[tokio::test(start_paused = true)]
    async fn a_call_of_unknown_outcome_is_made_again_only_if_it_did_nothing() {
        let exists = || StorageErrorKind::AlreadyExists;
        let lost = || StorageErrorKind::Interrupted;
        let limited = || StorageErrorKind::RateLimited { retry_after: None };
        let (there, not_there, unseen) = (Some(true), Some(false), None);
        // What the tries come to, what is seen after each, and what comes of it after how many looks.
        for (failing, seen, expected, looks) in [
            (vec![lost()], vec![there], Ok(()), 1),
            (vec![lost(), exists()], vec![not_there, there], Ok(()), 2),
            (vec![lost()], vec![not_there], Ok(()), 1),
            (vec![lost(), exists()], vec![not_there; 2], Err(exists()), 2),
            (vec![lost(), exists()], vec![unseen; 2], Err(lost()), 2),
            (vec![limited(), exists()], vec![there], Err(exists()), 0),
            (vec![exists()], vec![there], Err(exists()), 0),
        ] {
            let circuit = circuit(0);
            let (tried, looked) = (AtomicU32::new(0), AtomicU32::new(0));
            let done = circuit.once(
                || async {
                    let number = tried.fetch_add(1, Ordering::Relaxed) as usize;
                    match failing.get(number) {
                        Some(kind) => Err(kind.clone().into()),
                        None => Ok(()),
                    }
                },
                || async {
                    let number = looked.fetch_add(1, Ordering::Relaxed) as usize;
                    let seen = seen[number].ok_or(lost())?;
                    Ok(seen.then_some(()))
                },
            );
            let done = done.await.map_err(|fault| fault.kind);
            assert_eq!(
                (done, looked.into_inner()),
                (expected, looks),
                "{failing:?}"
            );
        }
    }
}
