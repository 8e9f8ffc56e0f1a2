//! The trail past the crate: what the databases themselves refuse, and what a late commit does.

use std::sync::Arc;

use wharf_domain::event::Action;
use wharf_domain::ports::events::Events;
use wharf_domain::ports::trail::Trail;
use wharf_domain::trail::{ChainHash, ChainHead, Checkpoint, CheckpointKey, Link, TrailEvent};

use crate::fixture::{NOW, event};
use crate::scratch::{Place, Scratch};

crate::on_both!(what_is_written_is_neither_changed_nor_deleted);

const LEASE: std::time::Duration = std::time::Duration::from_secs(30);

impl Scratch {
    async fn recorded(&self, number: u32) {
        let recorded = event(number, Action::UserDisabled);
        self.database.record(&recorded).await.unwrap();
    }

    /// Gives a place to what waits, and adds a checkpoint.
    async fn placed(&self) -> Vec<Link> {
        let trail: Arc<dyn Trail> = Arc::new(self.database.clone());
        let term = trail.begin_term(NOW, LEASE).await.unwrap().unwrap();
        let after = trail.standing().await.unwrap().head.position;
        let waiting = trail.waiting(100).await.unwrap();
        let links: Vec<Link> = (after + 1..).zip(waiting).map(link).collect();
        assert!(trail.append(term, &links, NOW).await.unwrap());
        let position = after + links.len() as u64;
        let checkpoint = Checkpoint {
            head: ChainHead {
                position,
                hash: ChainHash([1; 32]),
            },
            at: NOW,
            key: CheckpointKey([2; 16]),
            signature: [3; 64],
        };
        assert!(trail.add_checkpoint(term, &checkpoint).await.unwrap());
        links
    }
}

fn link((position, event): (u64, TrailEvent)) -> Link {
    Link {
        position,
        event,
        hash: ChainHash([1; 32]),
    }
}

/// L-07: by whom ever. An event goes from those that wait only when it has its place.
async fn what_is_written_is_neither_changed_nor_deleted(scratch: Scratch) {
    scratch.recorded(1).await;
    let links = scratch.placed().await;
    scratch.recorded(2).await;
    let trail: &dyn Trail = &scratch.database;
    let (waiting, checkpoints) = (trail.waiting(9).await, trail.checkpoints(0, 9).await);

    let mut statements = Vec::new();
    for table in ["audit_trail", "audit_checkpoints", "audit_events"] {
        statements.push(format!("DELETE FROM {table}"));
        statements.push(match &scratch.place {
            Place::Sqlite(_) => format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
            Place::Postgres(_) => format!("TRUNCATE {table}"),
        });
    }
    for change in [
        "audit_trail SET action = 'user.enabled'",
        "audit_trail SET position = position",
        "audit_checkpoints SET position = 9",
        "audit_events SET action = 'user.enabled'",
        "audit_events SET id = id",
    ] {
        statements.push(format!("UPDATE {change}"));
    }
    for statement in statements {
        let refused = scratch.place.try_run(&statement).await.unwrap_err();
        let reason = "the audit trail is only ever added to";
        assert!(refused.contains(reason), "{statement}: {refused}");
    }

    assert_eq!(trail.links(0, 9).await.unwrap(), links);
    assert_eq!(trail.waiting(9).await.unwrap(), waiting.unwrap());
    assert_eq!(trail.checkpoints(0, 9).await.unwrap(), checkpoints.unwrap());
}

/// L-05: numbers are given before a transaction commits, so an event with a lower one may be seen later.
/// It comes behind those that were placed meanwhile: no place is kept free for it, and none is missing.
#[tokio::test]
async fn an_event_that_is_committed_late_has_the_next_place() {
    let scratch = Scratch::postgres().await;
    let Place::Postgres(server) = &scratch.place else {
        unreachable!("it was made on the server")
    };
    let late = server.connect().await;
    let begun = late.batch_execute(
        "BEGIN; INSERT INTO audit_events (id, occurred_at, actor_kind, action, outcome, request_id, metadata)
         VALUES ('00000000-0000-0000-0000-000000000001', now(), 'system', 'late', 'done', '', '{}')",
    );
    begun.await.unwrap();
    scratch.recorded(2).await;
    let numbers = "SELECT seq::text FROM audit_events";
    assert_eq!(scratch.place.lines(numbers).await, ["2"]);
    assert_eq!(scratch.placed().await.len(), 1);

    late.batch_execute("COMMIT").await.unwrap();
    assert_eq!(scratch.place.lines(numbers).await, ["1"]);
    assert_eq!(scratch.placed().await[0].position, 2);

    let links = scratch.database.links(0, 9).await.unwrap();
    let actions: Vec<_> = links.iter().map(|link| &*link.event.action).collect();
    assert_eq!(actions, ["user.disabled", "late"]);
    assert_eq!(scratch.place.lines(numbers).await, [""; 0]);
}
