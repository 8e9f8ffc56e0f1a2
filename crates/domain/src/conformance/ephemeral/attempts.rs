//! What everybody who counts attempts does, wherever they are counted.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use crate::ports::attempts::{AttemptKey, AttemptLimit, Attempts};

/// What counts, under test; nobody else uses it.
pub struct Counting {
    /// What counts.
    pub attempts: Arc<dyn Attempts>,
    /// The same counts as another replica sees them; within a process, the counts themselves.
    pub replica: Arc<dyn Attempts>,
}

impl fmt::Debug for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counting")
    }
}

/// Makes one `#[tokio::test]` of every case of [`conformance::ephemeral::attempts`](self).
///
/// `$fresh` is evaluated once a case and gives [`Counting`]; it may `.await`.
#[macro_export]
macro_rules! attempts_conformance {
    ($module:ident, $fresh:expr) => {
        mod $module {
            $crate::attempts_conformance! {@cases $fresh;
                as_many_are_admitted_as_there_may_be,
                things_are_counted_apart,
                what_is_taken_back_makes_room_for_one,
                what_is_forgotten_begins_anew,
                of_many_at_once_as_many_are_admitted_as_there_may_be,
                it_is_counted_anew_after_a_while,
            }
        }
    };
    (@cases $fresh:expr; $($case:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            let counting: $crate::conformance::ephemeral::attempts::Counting = $fresh;
            $crate::conformance::ephemeral::attempts::$case(&counting).await;
        })+
    };
}

const LIMIT: AttemptLimit = AttemptLimit {
    most: 3,
    within: Duration::from_secs(3600),
};

/// What is counted on, told by a number.
pub fn key(number: u8) -> AttemptKey {
    AttemptKey {
        purpose: "test",
        digest: [number; 32],
    }
}

async fn is_admitted(attempts: &dyn Attempts, key: AttemptKey) -> bool {
    attempts.count(key, LIMIT).await.is_ok()
}

/// By whichever replica; who is refused learns how long it takes.
pub async fn as_many_are_admitted_as_there_may_be(counting: &Counting) {
    for attempts in [&counting.attempts, &counting.replica, &counting.attempts] {
        assert!(is_admitted(&**attempts, key(1)).await);
    }
    for attempts in [&counting.attempts, &counting.replica] {
        let refused = attempts.count(key(1), LIMIT).await.unwrap_err();
        let nearly = LIMIT.within.saturating_sub(Duration::from_secs(60));
        assert!(
            (nearly..=LIMIT.within).contains(&refused.retry_after),
            "{refused:?}"
        );
    }
}

/// By purpose and digest.
pub async fn things_are_counted_apart(counting: &Counting) {
    let other_purpose = AttemptKey {
        purpose: "other",
        ..key(1)
    };
    for key in [key(1), key(2), other_purpose] {
        for _ in 0..LIMIT.most {
            assert!(is_admitted(&*counting.attempts, key).await);
        }
        assert!(!is_admitted(&*counting.attempts, key).await);
    }
}

/// One more is admitted, and no two; where nothing is counted there is nothing to take back.
pub async fn what_is_taken_back_makes_room_for_one(counting: &Counting) {
    counting.replica.take_back(key(1)).await;
    for _ in 0..LIMIT.most {
        assert!(is_admitted(&*counting.attempts, key(1)).await);
    }
    counting.replica.take_back(key(1)).await;
    assert!(is_admitted(&*counting.attempts, key(1)).await);
    assert!(!is_admitted(&*counting.attempts, key(1)).await);
}

/// As if nothing had been.
pub async fn what_is_forgotten_begins_anew(counting: &Counting) {
    for _ in 0..2 {
        for _ in 0..LIMIT.most {
            assert!(is_admitted(&*counting.attempts, key(1)).await);
        }
        assert!(!is_admitted(&*counting.replica, key(1)).await);
        counting.replica.forget(key(1)).await;
    }
}

/// Being quick helps nobody.
pub async fn of_many_at_once_as_many_are_admitted_as_there_may_be(counting: &Counting) {
    let rivals = (0..50).map(async |number| {
        let attempts = match number % 2 {
            0 => &counting.attempts,
            _ => &counting.replica,
        };
        is_admitted(&**attempts, key(1)).await
    });
    let admitted = join_all(rivals).await.into_iter().filter(|it| *it).count();
    assert_eq!(admitted, LIMIT.most as usize);
}

/// A limit that is over soon.
pub async fn it_is_counted_anew_after_a_while(counting: &Counting) {
    let short = AttemptLimit {
        most: 1,
        within: Duration::from_millis(20),
    };
    assert!(counting.attempts.count(key(1), short).await.is_ok());
    while counting.replica.count(key(1), short).await.is_err() {}
    // It took as long as it had to, or the count would have refused nobody.
    assert!(counting.attempts.count(key(1), short).await.is_err());
}
