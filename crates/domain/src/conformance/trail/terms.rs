//! Whose turn it is to append.

use std::time::Duration;

use futures_util::future::join_all;

use super::{LEASE, NOW, Ports};

/// The next begins when the lease has ended, with a higher number.
pub async fn a_term_keeps_others_out_until_its_lease_ends(ports: &Ports) {
    let trail = &ports.trail;
    let first = ports.term(NOW).await;
    let early = NOW.plus(LEASE - Duration::from_micros(1));
    assert_eq!(trail.begin_term(early, LEASE).await.unwrap(), None);
    let second = ports.term(NOW.plus(LEASE)).await;
    assert!(second.0 > first.0);
}

/// A lease that ends absurdly late was begun by a clock that is wrong.
pub async fn a_term_by_a_clock_ahead_keeps_nobody_out(ports: &Ports) {
    let ahead = ports.term(NOW.plus(LEASE * 10)).await;
    assert!(ports.term(NOW).await.0 > ahead.0);
}

/// The next begins at once.
pub async fn a_term_that_was_ended_keeps_nobody_out(ports: &Ports) {
    let first = ports.term(NOW).await;
    ports.trail.end_term(first, NOW).await.unwrap();
    assert!(ports.term(NOW).await.0 > first.0);
}

/// Whoever was overtaken has nothing to end.
pub async fn a_term_that_is_over_ends_no_other(ports: &Ports) {
    let trail = &ports.trail;
    let first = ports.term(NOW).await;
    let later = NOW.plus(LEASE);
    ports.term(later).await;
    trail.end_term(first, later).await.unwrap();
    assert_eq!(trail.begin_term(later, LEASE).await.unwrap(), None);
}

/// However many ask at once.
pub async fn of_racing_terms_one_begins(ports: &Ports) {
    let racing = (0..8).map(|_| ports.trail.begin_term(NOW, LEASE));
    let begun = join_all(racing).await;
    let begun = begun
        .into_iter()
        .filter(|term| term.as_ref().unwrap().is_some());
    assert_eq!(begun.count(), 1);
}
