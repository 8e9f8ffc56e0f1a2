//! The calls to one host about one account: how those before have fared decides whether the next one is made
//! . It knows no protocol. See ADR 27.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use url::Url;
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;
use wharf_egress::{Error as EgressError, Response, retry_after};

use crate::breaker::{Breaker, Pass};
use crate::budget::Budget;
use crate::circuits::Circuits;
use crate::fault::Fault;
use crate::verdict::Verdict;

/// How many failures in a row are too many of one account. They are fewer than of a host, so that an account
/// alone in its trouble does not speak for its host.
const OF_ACCOUNT: u32 = 5;

/// The same of a host, whoever asks.
const OF_HOST: u32 = 10;

/// What is known of one host, whoever asks.
#[derive(Clone)]
pub(crate) struct Host {
    pub(crate) breaker: Breaker,
    budget: Arc<Mutex<Budget>>,
}

impl Host {
    pub(crate) fn unknown() -> Self {
        Self {
            breaker: Breaker::bearing_fewer_than(OF_HOST),
            budget: Arc::new(Mutex::new(Budget::full())),
        }
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of one account, whichever of its provider's hosts is asked.
pub(crate) fn unknown_account() -> Breaker {
    Breaker::bearing_fewer_than(OF_ACCOUNT)
}

/// The way to one host about one account.
#[derive(Clone)]
pub(crate) struct Circuit {
    pub(crate) circuits: Circuits,
    pub(crate) provider: Provider,
    pub(crate) host: Host,
    pub(crate) account: Breaker,
    pub(crate) is_insistent: bool,
}

impl Circuit {
    /// The way to the host of this address about the same account.
    pub(crate) fn to(&self, url: &Url) -> Self {
        Self {
            host: self.circuits.host(self.provider, url),
            ..self.clone()
        }
    }

    /// The same way for calls that are made in any case, and say nothing of what comes after: those that clear
    /// something up.
    pub(crate) fn insisting(&self) -> Self {
        Self {
            is_insistent: true,
            ..self.clone()
        }
    }

    /// Makes a call, unless the host or the account gets a rest.
    pub(crate) async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, Fault> {
        let passes = self.passes()?;
        let done = call.await;
        passes.tell(match &done {
            Ok(_) => Verdict::of_status(200, None),
            Err(fault) => Verdict::of_fault(fault),
        });
        done
    }

    /// Sends a request, unless the host or the account gets a rest. The answer may have any status, of which
    /// it is heeded how the host and the account are.
    pub(crate) async fn answer(
        &self,
        sending: impl Future<Output = Result<Response, EgressError>> + Send,
    ) -> Result<Response, Fault> {
        self.answer_waiting(sending, |answer| retry_after(answer.headers(), None))
            .await
    }

    /// The same where not every answer that asks for patience is waited for.
    pub(crate) async fn answer_waiting(
        &self,
        sending: impl Future<Output = Result<Response, EgressError>> + Send,
        wait: fn(&Response) -> Option<Duration>,
    ) -> Result<Response, Fault> {
        let passes = self.passes()?;
        let answer = sending.await.map_err(Fault::from);
        passes.tell(match &answer {
            Ok(answer) => Verdict::of_status(answer.status().as_u16(), wait(answer)),
            Err(fault) => Verdict::of_fault(fault),
        });
        answer
    }

    /// Whether a call may be made again, as far as the host can bear it.
    pub(crate) fn may_ask_again(&self) -> bool {
        self.host.budget().spend()
    }

    /// What pauses are drawn with.
    pub(crate) fn random(&self) -> &dyn Random {
        &*self.circuits.random
    }

    fn passes(&self) -> Result<Passes, Fault> {
        let passes = if self.is_insistent {
            Passes(None)
        } else {
            let host = self.host.breaker.admit().map_err(Fault::unasked)?;
            let account = self.account.admit().map_err(Fault::unasked)?;
            Passes(Some((host, account)))
        };
        self.host.budget().earn();
        Ok(passes)
    }
}

/// What a call was let through with. Dropped, as with a caller that goes away, it says nothing.
struct Passes(Option<(Pass, Pass)>);

impl Passes {
    fn tell(self, verdict: Verdict) {
        if let Some((host, account)) = self.0 {
            host.tell(verdict.host);
            account.tell(verdict.account);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::advance;
    use wharf_domain::ports::storage::StorageErrorKind;

    use super::*;

    struct Nothing;

    impl Random for Nothing {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn circuits() -> Circuits {
        Circuits::new(Arc::new(Nothing))
    }

    fn to(circuits: &Circuits, person: &str) -> Circuit {
        let url = "https://a.org".parse().unwrap();
        circuits.to(Provider::Onedrive, &url, person)
    }

    async fn end(
        circuit: &Circuit,
        kind: Option<StorageErrorKind>,
    ) -> Result<(), StorageErrorKind> {
        let ending = async { kind.map_or(Ok(()), |kind| Err(kind.into())) };
        circuit.call(ending).await.map_err(|fault| fault.kind)
    }

    async fn fail(circuit: &Circuit, times: u32) {
        for _ in 0..times {
            let unavailable = StorageErrorKind::Unavailable;
            assert!(end(circuit, Some(unavailable)).await.is_err());
        }
    }

    // an account in trouble is not asked any more, and nobody else suffers from it.
    #[tokio::test(start_paused = true)]
    async fn an_account_s_rest_is_not_its_host_s() {
        let circuits = circuits();
        let (anna, ben) = (to(&circuits, "anna"), to(&circuits, "ben"));
        fail(&anna, 100).await;
        assert_eq!(end(&anna, None).await, Err(StorageErrorKind::Unavailable));
        assert_eq!(end(&ben, None).await, Ok(()));
        // Wherever the account's storage lies.
        let elsewhere = anna.to(&"https://b.org".parse().unwrap());
        assert!(end(&elsewhere, None).await.is_err());
        let retry_after = Some(Duration::from_secs(60));
        let limited = StorageErrorKind::RateLimited { retry_after };
        assert!(end(&ben, Some(limited.clone())).await.is_err());
        assert_eq!(end(&ben, None).await, Err(limited));
        assert_eq!(end(&to(&circuits, "clara"), None).await, Ok(()));
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_host_s_rest_is_everybody_s_who_asks_there() {
        let circuits = circuits();
        for person in ["anna", "ben"] {
            fail(&to(&circuits, person), OF_ACCOUNT).await;
        }
        let clara = to(&circuits, "clara");
        assert!(end(&clara, None).await.is_err());
        let elsewhere = clara.to(&"https://b.org".parse().unwrap());
        assert_eq!(end(&elsewhere, None).await, Ok(()));
        advance(Duration::from_secs(5)).await;
        assert_eq!(end(&clara, None).await, Ok(()));
    }

    // What an account's rest refuses leaves the host to somebody else to find out about.
    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_refused_for_its_account_finds_nothing_out_about_the_host() {
        let circuits = circuits();
        let people = ["anna", "ben", "clara"].map(|person| to(&circuits, person));
        let [anna, ben, clara] = people;
        let retry_after = Some(Duration::from_mins(9));
        let limited = StorageErrorKind::RateLimited { retry_after };
        assert!(end(&anna, Some(limited)).await.is_err());
        fail(&ben, OF_ACCOUNT).await;
        fail(&clara, OF_ACCOUNT).await;
        advance(Duration::from_secs(5)).await;
        let refused = end(&anna, None).await;
        assert!(matches!(refused, Err(StorageErrorKind::RateLimited { .. })));
        assert_eq!(end(&ben, None).await, Ok(()));
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_caller_that_goes_away_leaves_no_rest_behind() {
        let circuit = to(&circuits(), "anna");
        fail(&circuit, OF_ACCOUNT).await;
        advance(Duration::from_secs(5)).await;
        let given_up = circuit.call(pending::<Result<(), Fault>>());
        let given_up = tokio::time::timeout(Duration::from_secs(1), given_up).await;
        assert!(given_up.is_err());
        assert_eq!(end(&circuit, None).await, Ok(()));
    }

    // what clears something up is asked for in any case, and is nobody's excuse.
    #[tokio::test(start_paused = true)]
    async fn whoever_insists_is_let_through_and_ends_no_rest() {
        let circuit = to(&circuits(), "anna");
        fail(&circuit, OF_ACCOUNT).await;
        let insisting = circuit.insisting();
        assert_eq!(end(&insisting, None).await, Ok(()));
        assert!(end(&circuit, None).await.is_err());
        fail(&insisting, OF_HOST).await;
        assert_eq!(end(&to(&circuit.circuits, "ben"), None).await, Ok(()));
    }

    // a host's budget is shared by all who ask there.
    #[test]
    fn all_accounts_of_a_host_ask_again_on_one_budget() {
        let circuits = circuits();
        let people = ["anna", "ben", "clara"].map(|person| to(&circuits, person));
        let asked_again = (0..99).filter(|number| people[number % 3].may_ask_again());
        assert_eq!(asked_again.count(), 10);
        let elsewhere = people[0].to(&"https://b.org".parse().unwrap());
        assert!(elsewhere.may_ask_again());
    }
}
