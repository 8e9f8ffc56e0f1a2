//! How many calls may be made again: a tenth of those that are made at all, so that those who ask again never
//! keep a host down that has trouble enough. It knows no host.

use std::time::Duration;

use tokio::time::Instant;

/// What making a call again costs, in what every call earns: ten, and the one that it earns itself.
const COST: u32 = 11;

/// How many calls may be made again before any other has earned it: enough for whoever asks once a day.
const RESERVE: u32 = 10;

/// After so long without a wish the reserve is whole again.
const QUIET: Duration = Duration::from_mins(1);

/// What was earned and not spent.
pub(crate) struct Budget {
    left: u32,
    last_wish: Option<Instant>,
}

impl Budget {
    /// The reserve, which is also the most that can be saved up.
    pub(crate) const fn full() -> Self {
        Self {
            left: RESERVE * COST,
            last_wish: None,
        }
    }

    /// Earns what a call earns, the first time and again.
    pub(crate) fn earn(&mut self) {
        self.left = (self.left + 1).min(RESERVE * COST);
    }

    /// Whether a call may be made again; that is paid then.
    pub(crate) fn spend(&mut self) -> bool {
        let now = Instant::now();
        let last_wish = self.last_wish.replace(now);
        if last_wish.is_some_and(|last| now.duration_since(last) >= QUIET) {
            *self = Self {
                last_wish: self.last_wish,
                ..Self::full()
            };
        }
        match self.left.checked_sub(COST) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    /// How many of so many calls, all of which fail, are made again.
    fn made_again(budget: &mut Budget, calls: u32) -> u32 {
        let mut again = 0;
        for _ in 0..calls {
            budget.earn();
            while budget.spend() {
                budget.earn();
                again += 1;
            }
        }
        again
    }

    //
    #[tokio::test(start_paused = true)]
    async fn a_tenth_of_all_calls_is_made_again() {
        let mut budget = Budget::full();
        assert_eq!(made_again(&mut budget, 1), 10);
        assert_eq!(made_again(&mut budget, 1000), 100);
    }

    // a day without trouble is no licence for a storm.
    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_reserve_is_saved_up() {
        let mut budget = Budget::full();
        for _ in 0..100_000 {
            budget.earn();
        }
        assert_eq!(made_again(&mut budget, 1), 10);
    }

    // whoever asks rarely is asked again all the same.
    #[tokio::test(start_paused = true)]
    async fn after_a_quiet_minute_the_reserve_is_whole_again() {
        let mut budget = Budget::full();
        assert_eq!(made_again(&mut budget, 1), 10);
        advance(QUIET - Duration::from_millis(1)).await;
        assert_eq!(made_again(&mut budget, 1), 1);
        advance(QUIET - Duration::from_millis(1)).await;
        // A wish that is not granted ends the quiet, too.
        assert_eq!(made_again(&mut budget, 1), 0);
        advance(QUIET - Duration::from_millis(1)).await;
        assert_eq!(made_again(&mut budget, 1), 0);
        advance(QUIET).await;
        assert_eq!(made_again(&mut budget, 1), 10);
    }
}
