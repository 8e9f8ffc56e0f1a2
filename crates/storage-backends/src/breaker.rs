//! Gives whoever fails again and again, or asks for patience, a rest, and finds out by a single call when it is
//! over. It knows neither hosts nor accounts, and no protocol.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use wharf_domain::ports::storage::StorageErrorKind;

/// How long the first rest is after failures. Each rest that did not help makes the next one twice as long.
const FIRST_REST: Duration = Duration::from_secs(5);

/// The longest rest after failures, and the longest that the others wait for what a single call finds out: an
/// upload may take hours.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// What those are told who come while a single call finds out: it mostly takes no longer.
const SOON: Duration = Duration::from_secs(1);

/// What a call said of whoever was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing: it was given up, or ended by somebody else.
    Nothing,
    /// All is well: it was answered, if only by a refusal.
    Well,
    /// There is trouble.
    Failed(StorageErrorKind),
    /// No further call is wanted for so long.
    Limited(Duration),
}

/// Lets calls through, or refuses them. All clones are one.
#[derive(Clone)]
pub(crate) struct Breaker(Arc<Mutex<State>>);

struct State {
    /// How many failures in a row are too many.
    bearable: u32,
    failures: u32,
    next_rest: Duration,
    rest: Option<Rest>,
    /// Changes with every rest that begins or ends, and with every call that is to find out. What a call from
    /// before says is out of date.
    era: u64,
}

/// While nobody is asked.
struct Rest {
    until: Instant,
    /// Why, as it is told to those who are refused.
    kind: StorageErrorKind,
    is_probed: bool,
}

impl Breaker {
    /// One that has seen nothing yet, and bears fewer than so many failures in a row.
    pub(crate) fn bearing_fewer_than(failures: u32) -> Self {
        Self(Arc::new(Mutex::new(State {
            bearable: failures,
            failures: 0,
            next_rest: FIRST_REST,
            rest: None,
            era: 0,
        })))
    }

    /// Lets a call through; where there is a rest, the reason for it. When that is over, a single call is let
    /// through, and the others once it went well.
    pub(crate) fn admit(&self) -> Result<Pass, StorageErrorKind> {
        let mut state = self.state();
        let now = Instant::now();
        if let Some(rest) = &mut state.rest {
            if now < rest.until {
                return Err(rest.told(now));
            }
            rest.is_probed = true;
            rest.until = now + LONGEST_REST;
            state.era += 1;
        }
        Ok(Pass {
            breaker: self.clone(),
            era: state.era,
        })
    }

    /// Whether calls are refused at the moment. Otherwise nothing is lost that a few calls would not find out
    /// again.
    pub(crate) fn is_resting(&self) -> bool {
        let state = self.state();
        let rest = state.rest.as_ref();
        rest.is_some_and(|rest| Instant::now() < rest.until)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hear(&mut self, said: Said) {
        match said {
            Said::Nothing => {
                // Somebody else may find out.
                if let Some(rest) = &mut self.rest {
                    rest.until = Instant::now();
                    rest.is_probed = false;
                }
            }
            Said::Well => {
                self.failures = 0;
                self.next_rest = FIRST_REST;
                if self.rest.take().is_some() {
                    self.era += 1;
                }
            }
            Said::Failed(kind) => {
                self.failures += 1;
                if self.rest.is_some() || self.failures >= self.bearable {
                    self.rest_for(self.next_rest, kind);
                    self.next_rest = LONGEST_REST.min(self.next_rest * 2);
                }
            }
            Said::Limited(wait) => {
                self.rest_for(wait, StorageErrorKind::RateLimited { retry_after: None });
            }
        }
    }

    fn rest_for(&mut self, time: Duration, kind: StorageErrorKind) {
        self.era += 1;
        self.rest = Some(Rest {
            until: Instant::now() + time,
            kind,
            is_probed: false,
        });
    }
}

impl Rest {
    /// The reason, and for a limit how long it lasts yet.
    fn told(&self, now: Instant) -> StorageErrorKind {
        let left = match self.is_probed {
            true => SOON,
            false => self.until.saturating_duration_since(now),
        };
        match &self.kind {
            StorageErrorKind::RateLimited { .. } => StorageErrorKind::RateLimited {
                retry_after: Some(left),
            },
            kind => kind.clone(),
        }
    }
}

/// A call that was let through. One that is dropped says nothing.
pub(crate) struct Pass {
    breaker: Breaker,
    era: u64,
}

impl Pass {
    /// What the call said.
    pub(crate) fn tell(self, said: Said) {
        self.hear(said);
    }

    fn hear(&self, said: Said) {
        let mut state = self.breaker.state();
        if state.era == self.era {
            state.hear(said);
        }
    }
}

impl Drop for Pass {
    /// After what was told this adds nothing: it either ended the pass's era, or there is no rest.
    fn drop(&mut self) {
        self.hear(Said::Nothing);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const BEARABLE: u32 = 3;

    fn breaker() -> Breaker {
        Breaker::bearing_fewer_than(BEARABLE)
    }

    fn failed() -> Said {
        Said::Failed(StorageErrorKind::Unavailable)
    }

    /// One that gets its first rest.
    fn resting() -> Breaker {
        let breaker = breaker();
        for _ in 0..BEARABLE {
            tell(&breaker, failed());
        }
        breaker
    }

    fn tell(breaker: &Breaker, said: Said) {
        breaker.admit().ok().unwrap().tell(said);
    }

    fn refusal(breaker: &Breaker) -> Option<StorageErrorKind> {
        breaker.admit().err()
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_run_of_failures_gets_a_rest_and_what_interrupts_it_begins_anew() {
        let breaker = breaker();
        for _ in 0..9 {
            tell(&breaker, failed());
            tell(&breaker, failed());
            tell(&breaker, Said::Well);
        }
        tell(&breaker, failed());
        tell(&breaker, Said::Nothing);
        tell(&breaker, failed());
        assert!(!breaker.is_resting());
        tell(&breaker, Said::Failed(StorageErrorKind::TimedOut));
        assert!(breaker.is_resting());
        // What it was in the end is what is told.
        assert_eq!(refusal(&breaker), Some(StorageErrorKind::TimedOut));
    }

    // one call finds out, and while it does nobody else is let through.
    #[tokio::test(start_paused = true)]
    async fn after_the_rest_a_single_call_decides() {
        let breaker = resting();
        advance(FIRST_REST - Duration::from_millis(1)).await;
        assert!(refusal(&breaker).is_some());
        advance(Duration::from_millis(1)).await;
        let probe = breaker.admit().ok().unwrap();
        assert!(refusal(&breaker).is_some());
        advance(SECOND).await;
        assert!(refusal(&breaker).is_some());
        probe.tell(Said::Well);
        let all: Vec<_> = (0..9).map(|_| breaker.admit().ok().unwrap()).collect();
        drop(all);
        assert_eq!(refusal(&breaker), None);
    }

    // whoever is well again is asked within half a minute, however long it took.
    #[tokio::test(start_paused = true)]
    async fn rests_that_do_not_help_get_longer_and_never_too_long() {
        let breaker = resting();
        for secs in [5, 10, 20, 30, 30, 30] {
            advance(Duration::from_secs(secs) - Duration::from_millis(1)).await;
            assert!(refusal(&breaker).is_some(), "{secs}");
            advance(Duration::from_millis(1)).await;
            tell(&breaker, failed());
        }
        advance(LONGEST_REST).await;
        tell(&breaker, Said::Well);
        for _ in 0..BEARABLE {
            tell(&breaker, failed());
        }
        advance(FIRST_REST).await;
        assert_eq!(refusal(&breaker), None);
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_limit_lasts_as_long_as_it_says_and_is_told_so() {
        let breaker = breaker();
        tell(&breaker, Said::Limited(90 * SECOND));
        advance(30 * SECOND).await;
        let retry_after = Some(60 * SECOND);
        let limited = StorageErrorKind::RateLimited { retry_after };
        assert_eq!(refusal(&breaker), Some(limited));
        advance(60 * SECOND).await;
        let probe = breaker.admit().ok().unwrap();
        // How long a call takes that finds out nobody knows.
        let retry_after = Some(SOON);
        let limited = StorageErrorKind::RateLimited { retry_after };
        assert_eq!(refusal(&breaker), Some(limited));
        probe.tell(Said::Well);
        assert_eq!(refusal(&breaker), None);
    }

    // a caller that goes away leaves it to the next one to find out.
    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_given_up_holds_nobody_off() {
        let breaker = resting();
        advance(FIRST_REST).await;
        let probe = breaker.admit().ok().unwrap();
        assert!(refusal(&breaker).is_some());
        drop(probe);
        let probe = breaker.admit().ok().unwrap();
        assert!(refusal(&breaker).is_some());
        probe.tell(Said::Nothing);
        assert_eq!(refusal(&breaker), None);
    }

    // an upload that takes hours is no reason to ask nobody else for hours.
    #[tokio::test(start_paused = true)]
    async fn a_call_that_takes_long_is_not_waited_for_longer_than_a_rest() {
        let breaker = resting();
        advance(FIRST_REST).await;
        let slow = breaker.admit().ok().unwrap();
        advance(LONGEST_REST).await;
        let second = breaker.admit().ok().unwrap();
        // Of the two the later one decides.
        slow.tell(failed());
        assert!(refusal(&breaker).is_some());
        second.tell(Said::Well);
        assert_eq!(refusal(&breaker), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_asked_before_a_rest_says_nothing_of_its_end() {
        let breaker = breaker();
        let (well, ill) = (breaker.admit().ok().unwrap(), breaker.admit().ok().unwrap());
        for _ in 0..BEARABLE {
            tell(&breaker, failed());
        }
        well.tell(Said::Well);
        assert!(breaker.is_resting());
        advance(FIRST_REST).await;
        tell(&breaker, Said::Well);
        ill.tell(Said::Limited(90 * SECOND));
        assert_eq!(refusal(&breaker), None);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Pass(Duration),
        Ask,
        Tell(usize, Said),
        GiveUp(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let said = prop_oneof![
            Just(Said::Nothing),
            Just(Said::Well),
            Just(failed()),
            Just(failed()),
            (0_u64..90).prop_map(|secs| Said::Limited(Duration::from_secs(secs))),
        ];
        prop_oneof![
            (0_u64..20_000).prop_map(|millis| Step::Pass(Duration::from_millis(millis))),
            Just(Step::Ask),
            Just(Step::Ask),
            (0_usize..4, said).prop_map(|(which, said)| Step::Tell(which, said)),
            (0_usize..4).prop_map(Step::GiveUp),
        ]
    }

    /// Whatever happens: whoever is asked after a rest is asked alone for the time of one, and after the longest
    /// rest there is, or the longest limit, somebody is let through.
    async fn hold(steps: Vec<Step>) {
        let breaker = breaker();
        let mut calls: Vec<Pass> = Vec::new();
        // While calls are let through one by one: until when the last one is alone.
        let mut alone_until: Option<Instant> = None;
        for step in steps {
            match step {
                Step::Pass(time) => advance(time).await,
                Step::Ask => {
                    let had_rest = breaker.state().rest.is_some();
                    let now = Instant::now();
                    if let Ok(call) = breaker.admit() {
                        if had_rest {
                            assert!(alone_until.is_none_or(|until| until <= now));
                            alone_until = Some(now + LONGEST_REST);
                        }
                        calls.push(call);
                    }
                }
                Step::Tell(which, said) if which < calls.len() => {
                    let call = calls.remove(which);
                    let is_decisive = call.era == breaker.state().era;
                    call.tell(said);
                    if is_decisive {
                        alone_until = None;
                    }
                }
                Step::GiveUp(which) if which < calls.len() => {
                    let call = calls.remove(which);
                    if call.era == breaker.state().era {
                        alone_until = None;
                    }
                }
                Step::Tell(..) | Step::GiveUp(_) => {}
            }
        }
        advance(90 * SECOND).await;
        assert_eq!(refusal(&breaker), None);
    }

    proptest! {
        //
        #[test]
        fn nobody_is_asked_by_two_nor_forgotten_after_a_rest(
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(hold(steps));
        }
    }
}
