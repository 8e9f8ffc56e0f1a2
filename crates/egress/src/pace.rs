//! Tells a body that flows from one that trickles, so that nobody keeps a transfer for days with a byte
//! every few seconds.

use std::time::Duration;

use crate::Pace;

/// Counts what came while somebody waited, one period after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    slowest: Pace,
    waited: Duration,
    bytes: u64,
}

impl Watch {
    pub(crate) fn over(slowest: Pace) -> Self {
        Self {
            slowest,
            waited: Duration::ZERO,
            bytes: 0,
        }
    }

    /// Notes so many bytes after such a wait; whether the pace is kept.
    pub(crate) fn is_kept(&mut self, waited: Duration, bytes: usize) -> bool {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < self.slowest.per {
            return true;
        }
        let is_kept = self.bytes >= self.slowest.bytes;
        *self = Self::over(self.slowest);
        is_kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn seconds_kept(bytes_per_second: usize) -> usize {
        let mut watch = Watch::over(Pace::default());
        (0..600)
            .take_while(|_| watch.is_kept(SECOND, bytes_per_second))
            .count()
    }

    //
    #[test]
    fn below_1_kib_a_second_a_body_ends_after_a_minute() {
        assert_eq!(seconds_kept(1023), 59);
        assert_eq!(seconds_kept(1024), 600);
    }

    // a burst is forgotten with its minute.
    #[test]
    fn each_minute_stands_for_itself() {
        let mut watch = Watch::over(Pace::default());
        assert!(watch.is_kept(60 * SECOND, 1024 * 1024));
        assert!(watch.is_kept(59 * SECOND, 0));
        assert!(!watch.is_kept(SECOND, 0));
    }

    #[test]
    fn no_bytes_are_no_bound() {
        let unbounded = Pace {
            bytes: 0,
            ..Pace::default()
        };
        assert!(Watch::over(unbounded).is_kept(600 * SECOND, 0));
    }
}
