//! Resolves a name once and hands out exactly the addresses that passed (S-07, S-08).
//!
//! Knows nothing of URLs: reqwest asks here for every new connection to a name, and never for an
//! address literal.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::policy::MAX_ANSWERS;
use crate::{Policy, Refusal};

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

/// The resolver the HTTP client is given: looks up, judges, and only then answers.
#[derive(Clone, Debug)]
pub(crate) struct VettedResolver {
    pub(crate) policy: Arc<Policy>,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) deadline: Duration,
}

impl VettedResolver {
    /// The addresses of the name, every one of which passed.
    async fn vetted_addresses(self, name: String) -> Result<Vec<IpAddr>, Refusal> {
        let answers = tokio::time::timeout(self.deadline, self.lookup.lookup(name.clone())).await;
        let Ok(Ok(answers)) = answers else {
            return Err(Refusal::Unresolved);
        };
        self.policy.check_answers(&name, &answers)?;
        Ok(answers)
    }
}

impl Resolve for VettedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let vetted = self.clone().vetted_addresses(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = vetted.await?;
            // Port 0 stands for the port of the URL.
            let addresses = addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
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
            lookup: Arc::new(lookup),
            deadline: Duration::from_secs(5),
        }
    }

    async fn resolve(resolver: &VettedResolver) -> Result<Vec<SocketAddr>, Refusal> {
        match resolver.resolve("cloud.example.org".parse().unwrap()).await {
            Ok(addresses) => Ok(addresses.collect()),
            Err(error) => Err(*error.downcast::<Refusal>().unwrap()),
        }
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
        assert_eq!(
            resolve(&resolver).await,
            Ok(vec![SocketAddr::new(public, 0)])
        );
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
