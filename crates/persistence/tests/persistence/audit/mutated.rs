//! Whatever somebody with all rights does to the rows is found (L-05, L-06).

use fastrand::Rng;
use wharf_services::trail::Report;

use super::House;
use crate::scratch::{Place, Scratch};

crate::on_both!(
    a_hundred_mutations_are_found,
    the_cut_tail_is_found_by_what_was_kept_outside,
);

const EVENTS: u32 = 40;

const COLUMNS: [&str; 9] = [
    "actor_kind = actor_kind || '!'",
    "action = 'user.enabled'",
    "outcome = 'refused'",
    "resource_kind = 'document'",
    "request_id = '0'",
    "metadata = '{}!'",
    "actor_id = NULL",
    "client_sealed = NULL",
    "resource_id = NULL",
];

/// A trail whose rows anybody may change, and a second copy of each.
async fn unprotected(scratch: &Scratch) -> House {
    let house = House::on(&scratch.database);
    for first in (1..EVENTS).step_by(20) {
        house.recorded(first..first + 20).await;
        house.placed().await;
    }
    let triggers = match &scratch.place {
        Place::Sqlite(_) => {
            "SELECT 'DROP TRIGGER ' || name AS line FROM sqlite_master WHERE type = 'trigger'"
        }
        Place::Postgres(_) => {
            "SELECT 'ALTER TABLE ' || relname || ' DISABLE TRIGGER USER' FROM pg_class
             WHERE relname IN ('audit_trail', 'audit_checkpoints')"
        }
    };
    for statement in scratch.place.lines(triggers).await {
        scratch.place.run(&statement).await;
    }
    for table in ["audit_trail", "audit_checkpoints"] {
        let copy = format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}");
        scratch.place.run(&copy).await;
    }
    house
}

async fn restore(place: &Place) {
    for table in ["audit_trail", "audit_checkpoints"] {
        let restore =
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table}");
        place.run(&restore).await;
    }
}

async fn a_hundred_mutations_are_found(scratch: Scratch) {
    let house = unprotected(&scratch).await;
    assert!(house.report().await.is_sound());
    let seed = 20_261_128;
    let mut rng = Rng::with_seed(seed);
    for number in 0..100 {
        let statements = mutation(&scratch.place, &mut rng);
        scratch.place.run(&statements).await;
        let Report {
            verdict,
            unreadable,
            ..
        } = house.report().await;
        let is_found = !verdict.is_sound() || unreadable.is_some();
        assert!(is_found, "{number} of seed {seed}: {statements}");
        restore(&scratch.place).await;
    }
    assert!(house.report().await.is_sound());
}

/// Something that changes the trail.
fn mutation(place: &Place, rng: &mut Rng) -> String {
    let at = rng.u32(1..=EVENTS);
    let other = (at + rng.u32(1..EVENTS) - 1) % EVENTS + 1;
    let far = 1_000;
    let (no_hash, no_id) = match place {
        Place::Sqlite(_) => ("zeroblob(32)", "zeroblob(16)"),
        Place::Postgres(_) => (
            "decode(repeat('00', 32), 'hex')",
            "'00000000-0000-0000-0000-000000000000'::uuid",
        ),
    };
    let columns = "occurred_at, actor_kind, actor_id, action, outcome, resource_kind, resource_id,
        request_id, client_network, client_sealed, metadata";
    let inserted = |position: u32| {
        format!(
            "INSERT INTO audit_trail (position, id, {columns}, hash)
             SELECT {position}, {no_id}, {columns}, hash FROM audit_trail WHERE position = {at};"
        )
    };
    match rng.u8(..9) {
        0 | 1 => {
            let edit = COLUMNS[rng.usize(..COLUMNS.len())];
            format!("UPDATE audit_trail SET {edit} WHERE position = {at}")
        }
        2 => format!("UPDATE audit_trail SET hash = {no_hash} WHERE position = {at}"),
        3 => format!("DELETE FROM audit_trail WHERE position = {at}"),
        4 => format!(
            "UPDATE audit_trail SET position = {far} WHERE position = {at};
             UPDATE audit_trail SET position = {at} WHERE position = {other};
             UPDATE audit_trail SET position = {other} WHERE position = {far}"
        ),
        5 => format!(
            "UPDATE audit_trail SET position = position + {far} WHERE position >= {at};
             UPDATE audit_trail SET position = position - {far} + 1 WHERE position >= {far};
             {}",
            inserted(at).replace(&format!("= {at};"), &format!("= {at} + 1;"))
        ),
        6 => inserted(EVENTS + 1),
        7 => format!(
            "DELETE FROM audit_trail WHERE position >= {at};
             DELETE FROM audit_checkpoints WHERE position >= {at}"
        ),
        _ => format!(
            "UPDATE audit_checkpoints SET hash = {no_hash} WHERE position = {}",
            EVENTS / 2
        ),
    }
}

/// L-06: the last ten rows, with every checkpoint in the database that speaks of them.
async fn the_cut_tail_is_found_by_what_was_kept_outside(scratch: Scratch) {
    let house = unprotected(&scratch).await;
    let cut = "DELETE FROM audit_trail WHERE position > 30;
        DELETE FROM audit_checkpoints WHERE position > 30";
    scratch.place.run(cut).await;

    // The database alone does not know any more that there was more.
    let alone = house.trail(false).verify(Vec::new()).await.unwrap();
    assert!(alone.is_sound());
    assert_eq!((alone.verdict.links, alone.verdict.signed_until), (30, 20));

    let fault = wharf_audit::Fault::Cut {
        after: 30,
        signed: 40,
    };
    assert_eq!(house.report().await.verdict.faults, [fault]);
    let handed = house.trail(false).verify(house.copied()).await.unwrap();
    assert_eq!(handed.verdict.faults, [fault]);
}
