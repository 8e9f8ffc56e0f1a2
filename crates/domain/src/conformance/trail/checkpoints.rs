//! What vouches for the chain.

use super::{LEASE, NOW, Ports, checkpoint, hash};
use crate::trail::{ChainHash, ChainHead};

const fn head(position: u64, hash: ChainHash) -> ChainHead {
    ChainHead { position, hash }
}

/// The last of them is part of how far the trail has come.
pub async fn a_checkpoint_comes_back_as_it_was(ports: &Ports) {
    let term = ports.term(NOW).await;
    let (first, second) = (checkpoint(head(3, hash(3))), checkpoint(head(5, hash(5))));
    for checkpoint in [&first, &second] {
        let added = ports.trail.add_checkpoint(term, checkpoint).await;
        assert!(added.unwrap());
    }
    let standing = ports.trail.standing().await.unwrap();
    assert_eq!(standing.checkpoint, Some(second));
    let read = ports.trail.checkpoints(0, 10).await.unwrap();
    assert_eq!(read, [first, second]);
}

/// Each speaks of a longer chain than the one before.
pub async fn checkpoints_come_in_order(ports: &Ports) {
    let term = ports.term(NOW).await;
    let first = checkpoint(head(3, hash(3)));
    assert!(ports.trail.add_checkpoint(term, &first).await.unwrap());
    for position in [3, 2] {
        let other = checkpoint(head(position, hash(4)));
        assert!(!ports.trail.add_checkpoint(term, &other).await.unwrap());
    }
    let read = ports.trail.checkpoints(0, 10).await.unwrap();
    assert_eq!(read, [first]);
}

/// Though it does not know yet that it is over.
pub async fn a_term_that_is_over_adds_no_checkpoint(ports: &Ports) {
    let first = ports.term(NOW).await;
    let second = ports.term(NOW.plus(LEASE)).await;
    let signed = checkpoint(head(1, hash(1)));
    assert!(!ports.trail.add_checkpoint(first, &signed).await.unwrap());
    assert!(ports.trail.add_checkpoint(second, &signed).await.unwrap());
}

/// In order, from anywhere.
pub async fn checkpoints_are_read_page_by_page(ports: &Ports) {
    let term = ports.term(NOW).await;
    let made = [2, 4, 9].map(|position| checkpoint(head(position, hash(position))));
    for checkpoint in &made {
        ports.trail.add_checkpoint(term, checkpoint).await.unwrap();
    }
    let read = |after, limit| ports.trail.checkpoints(after, limit);
    assert_eq!(read(0, 2).await.unwrap(), made[..2]);
    assert_eq!(read(3, 2).await.unwrap(), made[1..]);
    assert_eq!(read(9, 2).await.unwrap(), []);
}
