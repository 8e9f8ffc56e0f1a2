//! How hard this process presses the authorization servers: so many exchanges at once at each, none
//! where a server asked to be left alone, and one alarm where the operator has something to mend. It
//! knows no connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use wharf_domain::ports::oauth::{OAuthError, OAuthErrorKind};
use wharf_domain::provider::Provider;

use crate::error::ServiceError;
use crate::turns::{Turn, Turns};

/// The most exchanges that are under way at once at one provider.
const AT_ONCE: usize = 32;

/// The pace of one process.
#[derive(Clone)]
pub(super) struct Pace {
    turns: Turns,
    providers: Arc<Mutex<HashMap<Provider, Standing>>>,
}

#[derive(Clone, Copy, Default)]
struct Standing {
    /// Until when the provider asked to be left alone.
    paused_until: Option<Instant>,
    /// Whether it refuses Wharf itself, and the operator was told.
    is_refusing: bool,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            turns: Turns::new(AT_ONCE),
            providers: Arc::default(),
        }
    }

    /// A turn at the provider, waited for until `deadline`.
    pub(super) async fn turn(
        &self,
        provider: Provider,
        deadline: Instant,
    ) -> Result<Turn, ServiceError> {
        self.check_pause(provider)?;
        let turn = timeout_at(deadline, self.turns.take(provider)).await;
        let turn = turn.map_err(|_| ServiceError::RefreshPending)?;
        self.check_pause(provider)?;
        turn.ok_or(ServiceError::Aborted)
    }

    fn check_pause(&self, provider: Provider) -> Result<(), OAuthError> {
        let standing = self.providers().get(&provider).copied();
        let until = standing.and_then(|standing| standing.paused_until);
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        match left.filter(|left| !left.is_zero()) {
            None => Ok(()),
            retry_after => Err(OAuthError::new(
                OAuthErrorKind::Unavailable { retry_after },
                provider,
            )),
        }
    }

    /// The provider did what it was asked to.
    pub(super) fn agreed(&self, provider: Provider) {
        let before = self.providers().remove(&provider).unwrap_or_default();
        if before.is_refusing {
            tracing::warn!(%provider, "the provider accepts this server again");
        }
    }

    /// The provider asks to be left alone for so long.
    pub(super) fn pause(&self, provider: Provider, wait: Duration) {
        let mut providers = self.providers();
        providers.entry(provider).or_default().paused_until = Some(Instant::now() + wait);
    }

    /// The provider refuses Wharf itself: one alarm, until it is mended.
    pub(super) fn refused(&self, error: &OAuthError) {
        let provider = error.provider;
        let before = {
            let mut providers = self.providers();
            let standing = providers.entry(provider).or_default();
            std::mem::replace(&mut standing.is_refusing, true)
        };
        if !before {
            tracing::error!(%provider, %error, "the provider does not accept this server: check its client id and secret; no connection was marked");
        }
    }

    fn providers(&self) -> MutexGuard<'_, HashMap<Provider, Standing>> {
        self.providers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOGLE: Provider = Provider::GoogleDrive;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(1)
    }

    //
    #[tokio::test(start_paused = true)]
    async fn who_asks_to_be_left_alone_is() {
        let pace = Pace::new();
        pace.pause(GOOGLE, Duration::from_secs(7));
        let Err(ServiceError::OAuth(error)) = pace.turn(GOOGLE, soon()).await else {
            panic!("it is paused")
        };
        let retry_after = Some(Duration::from_secs(7));
        assert_eq!(error.kind, OAuthErrorKind::Unavailable { retry_after });
        assert!(pace.turn(Provider::Onedrive, soon()).await.is_ok());

        tokio::time::advance(Duration::from_secs(7)).await;
        assert!(pace.turn(GOOGLE, soon()).await.is_ok());
    }

    //
    #[tokio::test(start_paused = true)]
    async fn so_many_have_a_turn_and_the_others_wait_for_so_long() {
        let pace = Pace::new();
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(pace.turn(GOOGLE, soon()).await.unwrap());
        }
        let waited = pace.turn(GOOGLE, soon()).await;
        assert!(matches!(waited, Err(ServiceError::RefreshPending)));
        // A provider that lets everybody wait holds up no other.
        assert!(pace.turn(Provider::Onedrive, soon()).await.is_ok());
        turns.pop();
        assert!(pace.turn(GOOGLE, soon()).await.is_ok());
    }
}
