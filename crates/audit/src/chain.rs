//! The chain: each link's hash covers its event and the hash before (L-05).

use wharf_crypto::digest::Sha256;
use wharf_domain::trail::{ChainHash, ChainHead, Link, TrailEvent};

use crate::canonical;

/// The hash of the link that has this event at this position, behind a link with the hash `before`.
/// `scratch` is overwritten; it is given so that a long chain needs one buffer.
#[must_use]
pub fn hash(
    before: ChainHash,
    position: u64,
    event: &TrailEvent,
    scratch: &mut Vec<u8>,
) -> ChainHash {
    scratch.clear();
    canonical::write(scratch, position, event);
    let mut digest = Sha256::new();
    digest.update(&before.0);
    digest.update(scratch);
    ChainHash(digest.finish())
}

/// The links that these events become behind this end of the chain.
#[must_use]
pub fn append(head: ChainHead, events: Vec<TrailEvent>) -> Vec<Link> {
    let (mut head, mut scratch) = (head, Vec::new());
    let links = events.into_iter().map(|event| {
        let position = head.position + 1;
        let hash = hash(head.hash, position, &event, &mut scratch);
        head = ChainHead { position, hash };
        Link {
            position,
            event,
            hash,
        }
    });
    links.collect()
}
