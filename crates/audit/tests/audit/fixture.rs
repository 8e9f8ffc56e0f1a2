//! Trails to check.

use std::rc::Rc;

use wharf_audit::{TrustedKeys, Verdict, Verification, checkpoint};
use wharf_crypto::{Keyring, Signer};
use wharf_domain::id::{EventId, UserId};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{ChainHead, Checkpoint, KeptClient, Link, TrailEvent};

pub(crate) const AT: Timestamp = Timestamp::from_unix_micros(1_795_421_730_123_456);

/// A trail with its checkpoints, and the keys that are trusted.
#[derive(Clone)]
pub(crate) struct Trail {
    pub(crate) links: Vec<Rc<Link>>,
    pub(crate) checkpoints: Vec<Checkpoint>,
    pub(crate) keys: TrustedKeys,
}

impl Trail {
    /// A trail of so many events, with a checkpoint after every so many.
    pub(crate) fn of(events: u64, every: u64) -> Self {
        let signer = signer();
        let links = wharf_audit::append(ChainHead::START, (1..=events).map(event).collect());
        let covered = links.iter().filter(|link| link.position % every == 0);
        let checkpoints = covered.map(|link| checkpoint::sign(&signer, link.head(), AT));
        let checkpoints = checkpoints.collect();
        let links = links.into_iter().map(Rc::new).collect();
        let keys = [signer.public_key()].into_iter().collect();
        Self {
            links,
            checkpoints,
            keys,
        }
    }

    /// Checks it, each checkpoint as soon as all that it covers was read.
    pub(crate) fn verify(&self) -> Verdict {
        let mut verification = Verification::new(self.keys.clone());
        let mut checkpoints = self.checkpoints.iter().peekable();
        for link in &self.links {
            while let Some(due) = checkpoints.next_if(|it| it.head.position < link.position) {
                verification.checkpoint(due);
            }
            verification.link(link);
        }
        for checkpoint in checkpoints {
            verification.checkpoint(checkpoint);
        }
        verification.finish()
    }
}

pub(crate) fn signer() -> Signer {
    Keyring::generate().unwrap().checkpoint_signer()
}

/// An event as there are many, told apart by its number.
pub(crate) fn event(number: u64) -> TrailEvent {
    TrailEvent {
        id: EventId::from_bytes(u128::from(number).to_be_bytes()),
        at: AT,
        actor_kind: "user".to_owned(),
        actor: Some(UserId::from_bytes([0xa1; 16])),
        action: "document.stored".to_owned(),
        outcome: "done".to_owned(),
        resource_kind: Some("document".to_owned()),
        resource: Some(u128::from(number).to_le_bytes()),
        request: format!("{number:032x}"),
        client: Some(KeptClient::Sealed(vec![7; 72])),
        metadata: format!("{{\"size_bytes\":{number}}}"),
    }
}
