//! Whatever is done to a trail is found, and where (L-05, L-06).

use std::rc::Rc;

use fastrand::Rng;
use wharf_audit::{Fault, chain, checkpoint};
use wharf_domain::id::{EventId, UserId};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{ChainHead, KeptClient, Link};

use crate::fixture::{AT, Trail, event, signer};

const EVENTS: u64 = 200;
const EVERY: u64 = 50;

#[test]
fn an_untouched_trail_is_sound() {
    let verdict = Trail::of(EVENTS, EVERY).verify();
    assert_eq!(verdict.faults, []);
    assert!(verdict.is_sound());
    assert_eq!((verdict.links, verdict.checkpoints), (200, 4));
    assert_eq!(verdict.signed_until, 200);
    assert_eq!(verdict.head.position, 200);
}

#[test]
fn a_trail_without_events_or_checkpoints_is_sound() {
    let nothing = Trail::of(0, 1).verify();
    assert!(nothing.is_sound());
    assert_eq!((nothing.links, nothing.signed_until), (0, 0));
    let unsigned = Trail::of(3, 5).verify();
    assert!(unsigned.is_sound());
    assert_eq!((unsigned.links, unsigned.signed_until), (3, 0));
}

// L-05
#[test]
fn a_hundred_thousand_mutations_are_found() {
    let trail = Trail::of(EVENTS, EVERY);
    let seed = 20_261_128;
    let mut rng = Rng::with_seed(seed);
    for number in 0..100_000 {
        let mut mutated = trail.clone();
        let what = mutate(&mut mutated.links, &mut rng);
        let is_other = mutated.links != trail.links;
        assert!(is_other, "{what} {number} of seed {seed}");
        let verdict = mutated.verify();
        assert!(!verdict.is_sound(), "{what} {number} of seed {seed}");
        assert!(!verdict.faults.is_empty());
    }
}

/// Does something to the trail.
fn mutate(links: &mut Vec<Rc<Link>>, rng: &mut Rng) -> &'static str {
    let at = rng.usize(..links.len());
    match rng.u8(..8) {
        0 => {
            edit(Rc::make_mut(&mut links[at]), rng);
            "edit"
        }
        1 => {
            links.remove(at);
            "removal"
        }
        2 => {
            let other = (at + rng.usize(1..links.len())) % links.len();
            swap_events(links, at, other);
            "swap"
        }
        3 => {
            let new = EVENTS + 1 + rng.u64(..1000);
            let position = links[at].position;
            let inserted = Link {
                position,
                event: event(new),
                hash: links[at].hash,
            };
            links.insert(at, Rc::new(inserted));
            links[at + 1..]
                .iter_mut()
                .for_each(|link| Rc::make_mut(link).position += 1);
            "insertion"
        }
        4 => {
            links.truncate(at);
            "cut"
        }
        5 => {
            Rc::make_mut(&mut links[at]).hash.0[rng.usize(..32)] ^= 1 << rng.u8(..8);
            "another hash"
        }
        6 => {
            // As somebody does who knows how hashes are computed.
            edit(Rc::make_mut(&mut links[at]), rng);
            rehash(links, at);
            "edit with new hashes"
        }
        _ => {
            links.remove(at);
            links[at..]
                .iter_mut()
                .for_each(|link| Rc::make_mut(link).position -= 1);
            rehash(links, at);
            "removal with new hashes"
        }
    }
}

/// Changes one bit of one field.
fn edit(link: &mut Link, rng: &mut Rng) {
    let bit = 1_u8 << rng.u8(..8);
    let byte = rng.usize(..16);
    let flip = |id: &[u8; 16]| {
        let mut id = *id;
        id[byte] ^= bit;
        id
    };
    // Bits that leave a letter ASCII.
    let letter = 1_u8 << rng.u8(..4);
    let place = rng.usize(..64);
    let respell = |text: &mut String| {
        let mut bytes = text.clone().into_bytes();
        let place = place % bytes.len();
        bytes[place] ^= letter;
        *text = String::from_utf8(bytes).unwrap();
    };
    let event = &mut link.event;
    match rng.u8(..11) {
        0 => event.id = EventId::from_bytes(flip(event.id.as_bytes())),
        1 => event.at = Timestamp::from_unix_micros(event.at.as_unix_micros() ^ i64::from(bit)),
        2 => respell(&mut event.actor_kind),
        3 => {
            event.actor = event
                .actor
                .map(|id| UserId::from_bytes(flip(id.as_bytes())));
        }
        4 => event.actor = None,
        5 => respell(&mut event.action),
        6 => respell(&mut event.outcome),
        7 => event.resource = event.resource.as_ref().map(flip),
        8 => respell(&mut event.request),
        9 => event.client = Some(KeptClient::Sealed(Vec::new())),
        _ => respell(&mut event.metadata),
    }
}

/// Exchanges two events and leaves places and hashes.
fn swap_events(links: &mut [Rc<Link>], one: usize, other: usize) {
    let event = links[one].event.clone();
    Rc::make_mut(&mut links[one]).event = links[other].event.clone();
    Rc::make_mut(&mut links[other]).event = event;
}

/// Computes the hashes anew from there on.
fn rehash(links: &mut [Rc<Link>], from: usize) {
    let mut before = match from.checked_sub(1) {
        Some(before) => links[before].hash,
        None => ChainHead::START.hash,
    };
    for link in &mut links[from..] {
        let link = Rc::make_mut(link);
        link.hash = chain::hash(before, link.position, &link.event, &mut Vec::new());
        before = link.hash;
    }
}

fn link(trail: &mut Trail, position: usize) -> &mut Link {
    Rc::make_mut(&mut trail.links[position - 1])
}

// L-05: with the position.
#[test]
fn each_deed_is_found_where_it_was_done() {
    type Deed = fn(&mut Trail);
    let deeds: [(Deed, &[Fault]); 9] = [
        (
            |trail| link(trail, 42).event.action.push('!'),
            &[Fault::Broken { position: 42 }],
        ),
        (
            |trail| link(trail, 42).hash.0[0] ^= 1,
            // The next does not follow from it any more.
            &[
                Fault::Broken { position: 42 },
                Fault::Broken { position: 43 },
            ],
        ),
        (
            |trail| drop(trail.links.drain(41..44)),
            &[Fault::Missing { from: 42, to: 44 }],
        ),
        (
            |trail| swap_events(&mut trail.links, 10, 20),
            &[
                Fault::Broken { position: 11 },
                Fault::Broken { position: 21 },
            ],
        ),
        (
            |trail| trail.links.swap(10, 11),
            &[
                Fault::Missing { from: 11, to: 11 },
                Fault::OutOfOrder { position: 11 },
            ],
        ),
        (
            |trail| trail.links.truncate(190),
            &[Fault::Cut {
                after: 190,
                signed: 200,
            }],
        ),
        (
            |trail| {
                link(trail, 120).event.action.push('!');
                rehash(&mut trail.links, 119);
            },
            &[
                Fault::Contradicted {
                    position: 150,
                    agreed: 100,
                },
                Fault::Contradicted {
                    position: 200,
                    agreed: 100,
                },
            ],
        ),
        (
            |trail| trail.checkpoints[1].signature[0] ^= 1,
            &[Fault::ForgedCheckpoint { position: 100 }],
        ),
        (
            |trail| trail.checkpoints.swap(2, 3),
            &[Fault::Late { position: 150 }],
        ),
    ];
    for (number, (deed, faults)) in deeds.into_iter().enumerate() {
        let mut trail = Trail::of(EVENTS, EVERY);
        deed(&mut trail);
        let verdict = trail.verify();
        assert_eq!(verdict.faults, faults, "deed {number}");
        assert_eq!(verdict.fault_count, faults.len() as u64);
    }
}

// L-06
#[test]
fn a_checkpoint_is_believed_as_it_was_signed_and_by_trusted_keys_alone() {
    let trail = Trail::of(2, 2);
    for alter in [
        |trail: &mut Trail| trail.checkpoints[0].head.position += 1,
        |trail: &mut Trail| trail.checkpoints[0].head.hash.0[31] ^= 1,
        |trail: &mut Trail| trail.checkpoints[0].at = Timestamp::from_unix_micros(0),
    ] {
        let mut altered = trail.clone();
        alter(&mut altered);
        let faults = altered.verify().faults;
        let forged = |fault: &Fault| matches!(fault, Fault::ForgedCheckpoint { .. });
        assert!(faults.iter().all(forged) && faults.len() == 1, "{faults:?}");
    }

    let stranger = signer();
    let mut foreign = trail.clone();
    foreign.checkpoints[0] = checkpoint::sign(&stranger, trail.links[1].head(), AT);
    let key = foreign.checkpoints[0].key;
    let verdict = foreign.verify();
    assert_eq!(verdict.faults, [Fault::UnknownKey { position: 2, key }]);
    assert_eq!(verdict.signed_until, 0);
    // A new key of the operator's does not make what the one before signed worthless.
    foreign.keys = [stranger.public_key()].into_iter().collect();
    assert!(foreign.verify().is_sound());
}

#[test]
fn a_trail_that_is_all_wrong_tells_a_bounded_number_of_faults() {
    let mut trail = Trail::of(EVENTS, EVERY);
    for link in &mut trail.links {
        Rc::make_mut(link).event.metadata.clear();
    }
    let verdict = trail.verify();
    assert_eq!(verdict.faults.len(), 100);
    assert_eq!(verdict.fault_count, 200);
}
