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
    async fn names_that_nobody_acts_on_are_forgotten() {
        let turns = Turns::default();
        for number in 0..100 {
            turns.take(&number.to_string()).await;
        }
        assert!(turns.0.lock().unwrap().len() <= 1);
    }
}
