//! Resolves a name once and hands out exactly the addresses that passed (S-07, S-08).
//!
//! Knows nothing of URLs and dials nothing: the connector asks here for every new connection to a name,
//! and never for an address literal.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::policy::MAX_ANSWERS;
use crate::{Policy, Refusal, Trust};

/// Where the answers come from: the system, or a script in a test.
pub trait Lookup: fmt::Debug + Send + Sync + 'static {
    /// All IPv4 and IPv6 addresses of a name, unchecked.
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Asks the operating system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    #[expect(
        clippy::disallowed_methods,
        reason = "S-07: this is the one place that resolves"
    )]
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let answers = tokio::net::lookup_host((name, 0)).await?;
            // One more than allowed tells "too many" without keeping them all.
            Ok(answers
                .map(|answer| answer.ip())
                .take(MAX_ANSWERS + 1)
                .collect())
        })
    }
}

/// Looks a name up, judges, and only then answers.
#[derive(Clone, Debug)]
pub(crate) struct VettedResolver {
    pub(crate) policy: Arc<Policy>,
    pub(crate) trust: Trust,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) deadline: Duration,
}

impl VettedResolver {
    /// The addresses of the name, every one of which passed.
    pub(crate) async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, Refusal> {
        let answers = self.lookup.lookup(name.to_owned());
        let Ok(Ok(answers)) = tokio::time::timeout(self.deadline, answers).await else {
            return Err(Refusal::Unresolved);
        };
        self.policy.check_answers(self.trust, name, &answers)?;
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::Exceptions;

    /// Gives one scripted answer a question, then none.
    #[derive(Debug)]
    struct Script(Mutex<Vec<io::Result<Vec<IpAddr>>>>);

    impl Lookup for Script {
        fn lookup(&self, _name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            let answer = self.0.lock().unwrap().remove(0);
            Box::pin(async { answer })
        }
    }

    #[derive(Debug)]
    struct Silence;

    impl Lookup for Silence {
        fn lookup(&self, _name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            Box::pin(std::future::pending())
        }
    }

    fn resolver(lookup: impl Lookup) -> VettedResolver {
        VettedResolver {
            policy: Arc::new(Policy::new(Exceptions::default())),
            trust: Trust::Typed,
            lookup: Arc::new(lookup),
            deadline: Duration::from_secs(5),
        }
    }

    async fn resolve(resolver: &VettedResolver) -> Result<Vec<IpAddr>, Refusal> {
        resolver.resolve("cloud.example.org").await
    }

    // S-08: the flip from a public to a loopback answer is seen, because every connection asks anew.
    #[tokio::test]
    async fn every_question_is_judged_anew() {
        let public = "93.184.215.14".parse().unwrap();
        let loopback = "127.0.0.1".parse().unwrap();
        let resolver = resolver(Script(Mutex::new(vec![
            Ok(vec![public]),
            Ok(vec![loopback]),
        ])));
        assert_eq!(resolve(&resolver).await, Ok(vec![public]));
        assert_eq!(resolve(&resolver).await, Err(Refusal::Address));
    }

    // S-07
    #[tokio::test]
    async fn no_answer_and_a_failed_lookup_are_refusals() {
        let failure = Err(io::Error::other("no resolver"));
        let resolver = resolver(Script(Mutex::new(vec![Ok(vec![]), failure])));
        assert_eq!(resolve(&resolver).await, Err(Refusal::Unresolved));
        assert_eq!(resolve(&resolver).await, Err(Refusal::Unresolved));
    }

    // S-07
    #[tokio::test(start_paused = true)]
    async fn a_silent_resolver_is_a_refusal() {
        let asked = tokio::time::Instant::now();
        assert_eq!(resolve(&resolver(Silence)).await, Err(Refusal::Unresolved));
        assert_eq!(asked.elapsed().as_secs(), 5, "on the paused clock");
    }
}
