//! Rows that somebody else wrote: each is an error that names it, never a guess. Only a step is passed
//! over instead.

use std::time::Duration;

use wharf_domain::id::{StepId, UserId};
use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::documents::Documents;
use wharf_domain::ports::outbox::Outbox;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::sessions::Sessions;
use wharf_domain::ports::users::{UserFilter, Users};
use wharf_domain::step::{SealedPayload, Step, StepKind};
use wharf_domain::time::Timestamp;
use wharf_domain::user::StoragePlace;

use crate::fixture::{NOW, document};
use crate::scratch::Scratch;

const LEASE: Duration = Duration::from_secs(60);

crate::on_both!(
    a_broken_row_is_named,
    a_step_of_an_unknown_kind_is_left_to_those_who_know_it,
    a_step_that_cannot_be_read_starves_no_other
);

async fn a_broken_row_is_named(scratch: Scratch) {
    let user = scratch.with_user().await;
    let anna = user.id;
    let cloud = scratch.with_connection(anna).await;
    let session = scratch.with_session(&user).await;
    let report = document(1, anna, StoragePlace::House);
    let inserted = Documents::insert(&scratch.database, &report, &[]).await;
    assert!(inserted.unwrap());

    for (table, column, value) in [
        ("users", "email", "'nobody'"),
        ("users", "session_epoch", "4294967296"),
        ("sessions", "epoch", "4294967296"),
        ("connections", "provider", "'floppy'"),
        ("connections", "display_name", "''"),
        ("connections", "status", "'REQUIRES_REAUTH'"),
        ("connections", "credential_version", "4294967296"),
        ("documents", "name", "'..'"),
        ("documents", "content_type", "'nonsense'"),
        ("documents", "item_id", "'!'"),
    ] {
        let previous = format!("SELECT CAST({column} AS text) AS line FROM {table}");
        let previous = scratch.place.lines(&previous).await.remove(0);
        scratch
            .place
            .run(&format!("UPDATE {table} SET {column} = {value}"))
            .await;

        let (error, id) = match table {
            "users" => {
                let listed = Users::list(&scratch.database, &UserFilter::default(), None, 1).await;
                (listed.err(), anna.to_string())
            }
            "sessions" => {
                let found = Sessions::find(&scratch.database, session).await;
                (found.err(), session.to_string())
            }
            "connections" => {
                let listed = Connections::list(&scratch.database, anna).await;
                (listed.err(), cloud.id.to_string())
            }
            _ => {
                let listed = Documents::list(&scratch.database, anna, None, 1).await;
                (listed.err(), report.id.to_string())
            }
        };
        let named = format!("column {column} of table {table} holds what it must not, in row {id}");
        assert!(
            matches!(error, Some(RepositoryError::Inconsistent { .. })),
            "{table}.{column}"
        );
        assert_eq!(error.unwrap().to_string(), named);

        // Untyped literals fit text and number columns alike.
        let restore = format!("UPDATE {table} SET {column} = '{previous}'");
        scratch.place.run(&restore).await;
    }
}

fn step(owner: UserId, number: u8) -> Step {
    Step {
        id: StepId::from_bytes([number; 16]),
        owner: Some(owner),
        kind: StepKind::RevokeGrant,
        payload: SealedPayload(vec![1]),
        created_at: NOW,
        due_at: NOW,
        deadline: NOW.plus(LEASE * 60),
        attempts: 0,
    }
}

// a newer version that runs beside this one may leave steps of kinds behind that this one does not
// know.
async fn a_step_of_an_unknown_kind_is_left_to_those_who_know_it(scratch: Scratch) {
    let anna = scratch.with_user().await.id;
    let mut steps = [1, 2, 3].map(|number| step(anna, number));
    for (step, seconds) in steps.iter_mut().zip([0, 1, 2]) {
        step.due_at = NOW.plus(Duration::from_secs(seconds));
        scratch.database.add(step).await.unwrap();
    }
    let strange = "UPDATE outbox SET kind = 'erase_account' \
                   WHERE due_at = (SELECT min(due_at) FROM outbox)";
    scratch.place.run(strange).await;

    let claim = async |now: Timestamp| {
        let claimed = scratch.database.claim(now, now.plus(LEASE), 10).await;
        let claimed = claimed.unwrap();
        claimed.iter().map(|step| step.id).collect::<Vec<_>>()
    };
    let known = [steps[1].id, steps[2].id];
    let due = NOW.plus(Duration::from_secs(2));
    let as_it_was = "SELECT CAST(due_at AS text) AS line FROM outbox WHERE kind = 'erase_account' \
                     AND attempts = 0 AND given_up_at IS NULL AND payload IS NOT NULL";
    let before = scratch.place.lines(as_it_was).await;
    assert_eq!(before.len(), 1);
    assert_eq!(claim(due).await, known);
    assert_eq!(claim(due.plus(LEASE)).await, known);
    assert_eq!(scratch.place.lines(as_it_was).await, before);
}

async fn a_step_that_cannot_be_read_starves_no_other(scratch: Scratch) {
    let anna = scratch.with_user().await.id;
    let (good, mut broken) = (step(anna, 1), step(anna, 2));
    broken.created_at = NOW.plus(LEASE);
    for step in [&good, &broken] {
        scratch.database.add(step).await.unwrap();
    }
    let breaking = "UPDATE outbox SET attempts = 4294967296 \
                    WHERE created_at = (SELECT max(created_at) FROM outbox)";
    scratch.place.run(breaking).await;
    for now in [NOW, NOW.plus(LEASE)] {
        let claimed = scratch.database.claim(now, now.plus(LEASE), 10).await;
        let claimed = claimed.unwrap();
        assert_eq!(
            claimed.iter().map(|step| step.id).collect::<Vec<_>>(),
            [good.id]
        );
    }
}
