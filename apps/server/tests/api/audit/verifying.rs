//! `GET /api/admin/audit/verify` at a running server (L-05, L-06).

use serde_json::json;

use super::{events, verdict};
use crate::support::postgres::Database;
use crate::support::server::Server;

#[tokio::test]
async fn an_untouched_trail_is_sound_and_signed() {
    let server = Server::start().await;
    let admin = server.admin("root@example.org").await;
    let mut checked = verdict(&admin).await;
    // The first checkpoint comes with the first event; the next after a minute.
    assert!(checked["signed_until"].as_u64() >= Some(1), "{checked}");
    let head = checked["head_hash"].take();
    let last = events(&admin).await.pop().unwrap();
    assert_eq!(head, last["hash"]);
    assert_eq!(checked["sound"], true);
    assert_eq!(checked["events"], last["position"]);
    assert_eq!(checked["head_position"], last["position"]);
    assert_eq!(checked["faults"], json!([]));
    assert_eq!(checked["fault_count"], 0);
    assert_eq!(checked["unreadable"], json!(null));
}

#[tokio::test]
async fn what_somebody_did_to_the_rows_is_told_with_its_place() {
    let database = Database::fresh().await;
    let server = Server::on(&database).await;
    let admin = server.admin("root@example.org").await;
    for name in ["anna", "ben"] {
        server.regular(&format!("{name}@example.org")).await;
    }
    let before = verdict(&admin).await;
    assert_eq!(before["sound"], true);

    // As the database's owner can.
    database
        .run("ALTER TABLE audit_trail DISABLE TRIGGER USER")
        .await;
    database
        .run("UPDATE audit_trail SET action = 'user.enabled' WHERE position = 3")
        .await;
    let after = verdict(&admin).await;
    assert_eq!(after["sound"], false);
    let broken = json!([{"kind": "broken", "from": 3, "to": 3}]);
    assert_eq!(after["faults"], broken);

    database
        .run("DELETE FROM audit_trail WHERE position = 2")
        .await;
    let after = verdict(&admin).await;
    // What follows a gap has nothing to follow from.
    let missing = json!([{"kind": "missing", "from": 2, "to": 2}]);
    assert_eq!(after["faults"], missing);

    database
        .run(
            "ALTER TABLE audit_trail DROP CONSTRAINT audit_trail_hash_check;
             UPDATE audit_trail SET hash = '' WHERE position = 4",
        )
        .await;
    let refused = database
        .try_run("UPDATE audit_checkpoints SET position = 9")
        .await;
    assert!(refused.is_err(), "its trigger is there");
    let after = admin.get("/api/admin/audit/verify").send().await;
    let after = after.expect(200).json();
    assert_eq!(after["unreadable"], "hash of audit_trail in row 4");
    assert_eq!(after["sound"], false);
}
