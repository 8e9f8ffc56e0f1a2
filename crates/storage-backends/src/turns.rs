//! Lets one at a time act on a name. It knows no storage.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Who acts on which name just now, within this process.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<String, Weak<Turn<()>>>>>);

impl Turns {
    /// Waits until nobody else acts on this name; the turn ends when what is returned is dropped.
    pub(crate) async fn take(&self, name: &str) -> OwnedMutexGuard<()> {
        self.turn(name).lock_owned().await
    }

    /// The same for two names, which may be one.
    pub(crate) async fn take_both(
        &self,
        one: &str,
        other: &str,
    ) -> (OwnedMutexGuard<()>, Option<OwnedMutexGuard<()>>) {
        // In one order for all, so that nobody waits for somebody who waits for them.
        let first = self.take(one.min(other)).await;
        let second = match one.max(other) {
            same if same == one.min(other) => None,
            second => Some(self.take(second).await),
        };
        (first, second)
    }

    fn turn(&self, name: &str) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = turns.get(name).and_then(Weak::upgrade).unwrap_or_default();
        turns.insert(name.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_name_is_acted_on_by_one_at_a_time() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        assert!(turns.clone().take("a").now_or_never().is_none());
        assert!(turns.take("b").now_or_never().is_some());
        drop(first);
        assert!(turns.take("a").now_or_never().is_some());
    }

    #[tokio::test]
    async fn two_names_are_taken_in_one_order_and_one_name_once() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        let mut waiting = Box::pin(turns.take_both("b", "a"));
        assert!((&mut waiting).now_or_never().is_none());
        // Whoever waits for the first has not taken the second.
        assert!(turns.take("b").now_or_never().is_some());
        drop(first);
        let both = waiting.now_or_never().unwrap();
        assert!(turns.take("b").now_or_never().is_none());
        drop(both);
        assert!(turns.take_both("a", "a").now_or_never().is_some());
    }

    #[tokio::test]
    async fn names_that_nobody_acts_on_are_forgotten() {
        let turns = Turns::default();
        for number in 0..100 {
            turns.take(&number.to_string()).await;
        }
        assert!(turns.0.lock().unwrap().len() <= 1);
    }
}
