//! Passwords by Argon2id, two at a time and away from the threads that answer requests.
//!
//! Knows no account and no policy; the cost and the allowed length are `wharf_crypto`'s.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use wharf_crypto::password::{self, DECOY_HASH, LENGTH_BYTES, Verdict};
use wharf_domain::ports::passwords::{PasswordError, PasswordVerdict, Passwords};
use wharf_domain::user::PasswordHash;

/// Each computation takes 19 MiB and a processor for some tens of milliseconds.
const AT_ONCE: usize = 2;

/// How many may wait or be computed: some ten seconds' worth. Whoever comes beyond it is told to come again.
const WAITING: usize = 256;

/// Hashes and compares passwords.
#[derive(Debug)]
pub struct Argon2Passwords {
    places: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    /// [`password::verify`], which a test counts.
    compare: Compare,
}

type Compare = fn(&str, &SecretString) -> Result<Verdict, wharf_crypto::PasswordError>;

impl Argon2Passwords {
    /// Passwords with a bound of their own: make one for the whole process.
    #[must_use]
    pub fn new() -> Self {
        Self::comparing_by(password::verify)
    }

    fn comparing_by(compare: Compare) -> Self {
        Self {
            places: Arc::new(Semaphore::new(WAITING)),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            compare,
        }
    }

    /// Computes in turn on a thread for blocking work.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, wharf_crypto::PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = Arc::clone(&self.places);
        let place = place.try_acquire_owned();
        let _place = place.map_err(|_| PasswordError::Busy)?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| PasswordError::Failed)?;
        let done = spawn_blocking(move || {
            // The permit goes along: a caller that hangs up does not end the computation.
            let _permit = permit;
            work()
        });
        match done.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(wharf_crypto::PasswordError::Length)) => Err(PasswordError::Length {
                min: *LENGTH_BYTES.start(),
                max: *LENGTH_BYTES.end(),
            }),
            Ok(Err(_)) | Err(_) => Err(PasswordError::Failed),
        }
    }
}

impl Default for Argon2Passwords {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: SecretString) -> Result<PasswordHash, PasswordError> {
        let phc = self.compute(move || password::hash(&password)).await?;
        Ok(PasswordHash(phc.into()))
    }

    async fn verify(
        &self,
        hash: Option<PasswordHash>,
        password: SecretString,
    ) -> Result<PasswordVerdict, PasswordError> {
        let compare = self.compare;
        let is_known = hash.is_some();
        let verdict = self.compute(move || match hash {
            Some(PasswordHash(phc)) => compare(phc.expose_secret(), &password),
            None => compare(DECOY_HASH, &password), // E-02
        });
        Ok(match verdict.await? {
            Verdict::Match if is_known => PasswordVerdict::Match,
            Verdict::MatchButWeak if is_known => PasswordVerdict::MatchWeak,
            Verdict::Match | Verdict::MatchButWeak | Verdict::Mismatch => PasswordVerdict::Mismatch,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, LazyLock};
    use std::thread;
    use std::time::Duration;

    use super::*;

    const PASSWORD: &str = "correct horse battery staple";
    /// A cheap hash of `PASSWORD`, made by the reference implementation, libargon2.
    const WEAK_HASH: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$TUhCoV6YH8thtZpQqRp0JvQQ5ZYgiLA0LYApKDG6qtM";

    fn secret(text: &str) -> SecretString {
        text.into()
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Argon2Passwords::new();
        let hash = passwords.hash(secret(PASSWORD)).await.unwrap();

        let right = passwords.verify(Some(hash.clone()), secret(PASSWORD)).await;
        assert_eq!(right, Ok(PasswordVerdict::Match));
        let wrong = passwords.verify(Some(hash), secret("correct horse")).await;
        assert_eq!(wrong, Ok(PasswordVerdict::Mismatch));
    }

    #[tokio::test]
    async fn a_weak_hash_is_told_from_a_strong_one() {
        let weak = PasswordHash(secret(WEAK_HASH));
        let verdict = Argon2Passwords::new()
            .verify(Some(weak), secret(PASSWORD))
            .await;
        assert_eq!(verdict, Ok(PasswordVerdict::MatchWeak));
    }

    #[tokio::test]
    async fn a_password_that_is_too_short_or_long_is_not_hashed() {
        for password in ["1234567", &"x".repeat(1025)] {
            let refused = Argon2Passwords::new().hash(secret(password)).await;
            let limits = PasswordError::Length { min: 8, max: 1024 };
            assert_eq!(refused.map(drop), Err(limits));
        }
    }

    #[tokio::test]
    async fn a_broken_hash_is_an_error() {
        let broken = PasswordHash(secret("$argon2id$broken"));
        let verdict = Argon2Passwords::new()
            .verify(Some(broken), secret(PASSWORD))
            .await;
        assert_eq!(verdict, Err(PasswordError::Failed));
    }

    // E-02
    #[tokio::test]
    async fn an_unknown_user_costs_one_verification_of_todays_strength_like_any_other() {
        static COMPARED: AtomicUsize = AtomicUsize::new(0);
        let passwords = Argon2Passwords::comparing_by(|phc, password| {
            COMPARED.fetch_add(1, Ordering::SeqCst);
            assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
            password::verify(phc, password)
        });
        let hash = passwords.hash(secret(PASSWORD)).await.unwrap();

        let known = passwords.verify(Some(hash), secret("wrong password")).await;
        assert_eq!(
            (known, COMPARED.load(Ordering::SeqCst)),
            (Ok(PasswordVerdict::Mismatch), 1)
        );
        let unknown = passwords.verify(None, secret("wrong password")).await;
        assert_eq!(
            (unknown, COMPARED.load(Ordering::SeqCst)),
            (Ok(PasswordVerdict::Mismatch), 2)
        );
    }

    // E-02: even somebody who finds the decoy's password gets in nowhere.
    #[tokio::test]
    async fn an_unknown_user_never_matches() {
        for verdict in [Verdict::Match, Verdict::MatchButWeak] {
            let compare: Compare = match verdict {
                Verdict::Match => |_, _| Ok(Verdict::Match),
                _ => |_, _| Ok(Verdict::MatchButWeak),
            };
            let passwords = Argon2Passwords::comparing_by(compare);
            let verdict = passwords.verify(None, secret(PASSWORD)).await;
            assert_eq!(verdict, Ok(PasswordVerdict::Mismatch));
        }
    }

    //
    #[tokio::test]
    async fn whoever_would_wait_for_too_long_is_told_to_come_again() {
        let passwords = Argon2Passwords::comparing_by(|_, _| Ok(Verdict::Mismatch));
        let places = Arc::clone(&passwords.places);
        let taken = places.try_acquire_many_owned(u32::try_from(WAITING).unwrap());
        let busy = passwords.verify(None, secret(PASSWORD)).await;
        assert_eq!(busy, Err(PasswordError::Busy));
        drop(taken);
        let verdict = passwords.verify(None, secret(PASSWORD)).await;
        assert_eq!(verdict, Ok(PasswordVerdict::Mismatch));
    }

    //
    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_than_two_are_computed_at_once() {
        static RUNNING: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        // Each waits for another, so fewer than two at once would never end.
        static PAIR: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));
        let passwords = Arc::new(Argon2Passwords::comparing_by(|_, _| {
            MOST.fetch_max(RUNNING.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            PAIR.wait();
            // Time for a third to show itself, were it let in.
            thread::sleep(Duration::from_millis(5));
            RUNNING.fetch_sub(1, Ordering::SeqCst);
            Ok(Verdict::Mismatch)
        }));

        let logins: Vec<_> = (0..20)
            .map(|_| {
                let passwords = Arc::clone(&passwords);
                tokio::spawn(async move { passwords.verify(None, secret(PASSWORD)).await })
            })
            .collect();
        for login in logins {
            assert_eq!(login.await.unwrap(), Ok(PasswordVerdict::Mismatch));
        }

        assert_eq!(MOST.load(Ordering::SeqCst), 2);
    }
}
