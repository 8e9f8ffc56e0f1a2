//! Checkpoints: signed statements of how long the chain was and what it ended in (L-06). Whoever keeps
//! one outside the database can tell when the chain was rewritten or cut.

use wharf_crypto::{PublicKey, Signer};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{ChainHead, Checkpoint, CheckpointKey};

const LABEL: &[u8] = b"wharf.audit.checkpoint\0";
const VERSION: u8 = 1;

/// Signs that the chain ends so at this time.
#[must_use]
pub fn sign(signer: &Signer, head: ChainHead, at: Timestamp) -> Checkpoint {
    let key = CheckpointKey(signer.public_key().id());
    Checkpoint {
        head,
        at,
        key,
        signature: signer.sign(&signed_bytes(head, at, key)),
    }
}

fn signed_bytes(head: ChainHead, at: Timestamp, key: CheckpointKey) -> Vec<u8> {
    let mut bytes = LABEL.to_vec();
    bytes.push(VERSION);
    bytes.extend_from_slice(&head.position.to_be_bytes());
    bytes.extend_from_slice(&head.hash.0);
    bytes.extend_from_slice(&at.as_unix_micros().to_be_bytes());
    bytes.extend_from_slice(&key.0);
    bytes
}

/// What a checkpoint's signature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// A trusted key made it.
    Good,
    /// Its key made no such signature.
    Forged,
    /// Its key is none of those that are trusted.
    UnknownKey,
}

/// The public keys whose checkpoints are believed. Whoever checks says which: never the database.
#[derive(Clone, Debug, Default)]
pub struct TrustedKeys(Vec<PublicKey>);

impl TrustedKeys {
    /// What this checkpoint's signature says.
    #[must_use]
    pub fn check(&self, checkpoint: &Checkpoint) -> Signature {
        let Checkpoint {
            head,
            at,
            key,
            signature,
        } = *checkpoint;
        let trusted = self.0.iter().find(|trusted| trusted.id() == key.0);
        match trusted {
            None => Signature::UnknownKey,
            Some(public) if public.verifies(&signed_bytes(head, at, key), &signature) => {
                Signature::Good
            }
            Some(_) => Signature::Forged,
        }
    }
}

impl FromIterator<PublicKey> for TrustedKeys {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}
