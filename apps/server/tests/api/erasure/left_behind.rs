//! What cannot be erased is said, with the reason, and is not tried for ever.

use serde_json::{Value, json};
use wharf_sandbox::{Fault, FaultRule, Provider};

use super::scene::{NAME, Scene, tally};
use crate::support::patience;
use crate::support::postgres::Database;
use crate::support::storage::Witness;

/// Why documents were left behind in a storage.
fn reasons(receipt: &Value, storage: &str) -> Value {
    let storages = receipt["storages"].as_array().unwrap();
    let found = storages.iter().find(|it| it["storage"] == storage);
    found.unwrap()["documents"]["left_behind"].clone()
}

#[tokio::test]
async fn each_reason_is_told_apart() {
    let database = Database::fresh().await;
    let scene = Scene::start(|settings| settings.database(&database.url)).await;
    let [_, microsoft, nextcloud, _] = &scene.connections;
    // Google: the person has ended the grant there.
    scene.sandbox.revoke(Provider::Google, "anna@example.com");
    // OneDrive: the row was damaged.
    let damage = format!(
        "UPDATE connections SET credential = set_byte(credential, 40, get_byte(credential, 40) # 1) WHERE id = '{microsoft}' RETURNING id::text"
    );
    assert_eq!(database.column(&damage).await.len(), 1);
    // Nextcloud: the connection was ended before.
    let path = format!("/api/cloud/connections/{nextcloud}");
    scene.anna.delete(&path).send().await.expect(200);
    // WebDAV: one document is gone, and something else lies in the place of another.
    let witness = Witness::of(&scene.sandbox.webdav());
    witness.delete(&format!("Wharf/{NAME}")).await;
    witness
        .write("Wharf/canary-report (2).txt", "not yours")
        .await;

    let erasure = scene.begin().await;
    let receipt = scene.ended(&erasure).await;
    assert_eq!(receipt["state"], "incomplete");
    for (storage, counts, reason, grant) in [
        (
            "google_drive",
            [0, 0, 0, 0, 3],
            "credential_refused",
            json!("revoked"),
        ),
        (
            "onedrive",
            [0, 0, 0, 0, 3],
            "credential_damaged",
            Value::Null,
        ),
        ("nextcloud", [0, 0, 0, 0, 3], "disconnected", Value::Null),
        ("webdav", [1, 0, 1, 0, 1], "changed", json!("unsupported")),
    ] {
        assert_eq!(
            tally(&receipt, storage),
            (counts, grant),
            "{storage}: {receipt}"
        );
        let expected = json!([{"reason": reason, "documents": counts[4]}]);
        assert_eq!(reasons(&receipt, storage), expected, "{storage}");
    }
    assert_eq!(tally(&receipt, "house").0, [3, 0, 0, 0, 0]);
    // What is somebody else's by now is untouched.
    let kept = witness
        .read("Wharf/canary-report (2).txt")
        .await
        .expect(200);
    assert_eq!(kept.text(), "not yours");
    let rows = database
        .column("SELECT t::text FROM erasure_documents t")
        .await
        .join("\n");
    assert!(!rows.contains("canary"), "{rows}");
    let keys = database
        .column("SELECT id::text FROM erasures WHERE purge_key IS NOT NULL")
        .await;
    assert_eq!(keys, [""; 0]);
}

// R-01: less and less often, and not for ever.
#[tokio::test]
async fn a_provider_that_is_down_until_the_deadline_is_given_up() {
    let database = Database::fresh().await;
    let scene = Scene::start(|settings| settings.database(&database.url)).await;
    let down = || Fault::Answer {
        status: 503,
        error: None,
        retry_after: None,
        after_effect: false,
    };
    for route in ["* */dav/*", "* */v1.0/*"] {
        scene.sandbox.inject(FaultRule::on(route, down()));
    }
    let erasure = scene.begin().await;
    // What is not away does not wait for what is.
    let others_are_done = async || {
        let report = scene.report(&erasure).await;
        ["house", "google_drive"].iter().all(|storage| {
            let storages = report["storages"].as_array().unwrap();
            let found = storages.iter().find(|it| it["storage"] == *storage);
            found.unwrap()["ended_at"].is_string()
        })
    };
    patience::until("the others are done", others_are_done).await;
    let report = scene.report(&erasure).await;
    assert_eq!(report["state"], "running");
    for storage in ["onedrive", "nextcloud", "webdav"] {
        assert_eq!(tally(&report, storage).0, [0, 0, 0, 3, 0], "{report}");
    }
    let tried = "SELECT count(*)::text FROM outbox WHERE kind = 'erase_part' AND attempts > 1 AND due_at > created_at";
    patience::until("each is tried again", async || {
        database.column(tried).await == ["3"]
    })
    .await;

    // Three days later.
    for change in [
        "UPDATE erasures SET deadline = requested_at RETURNING id::text",
        "UPDATE outbox SET due_at = created_at WHERE kind = 'erase_part' RETURNING id::text",
    ] {
        assert!(!database.column(change).await.is_empty());
    }
    let receipt = scene.ended(&erasure).await;
    assert_eq!(receipt["state"], "incomplete");
    // What can be ended is ended all the same, though the host gets a rest.
    for (storage, grant) in [
        ("onedrive", "unsupported"),
        ("nextcloud", "revoked"),
        ("webdav", "unsupported"),
    ] {
        let expected = ([0, 0, 0, 0, 3], json!(grant));
        assert_eq!(tally(&receipt, storage), expected, "{storage}: {receipt}");
        let expected = json!([{"reason": "unreachable", "documents": 3}]);
        assert_eq!(reasons(&receipt, storage), expected);
    }
    // R-21
    let metrics = scene
        .process
        .client()
        .get("/metrics")
        .send()
        .await
        .expect(200);
    let counted = r#"wharf_erasure_left_behind_total{reason="unreachable"} 9"#;
    assert!(metrics.text().contains(counted), "{}", metrics.text());
    let left = database.column("SELECT id::text FROM outbox").await;
    assert_eq!(left, [""; 0]);
    let secrets = database
        .column("SELECT part_id::text FROM erasure_credentials")
        .await;
    assert_eq!(secrets, [""; 0]);
}

// R-01: what uploads have left in the house is no document that a receipt could tell of.
#[tokio::test]
async fn the_house_is_not_given_up_while_something_may_lie_there() {
    let database = Database::fresh().await;
    let scene = Scene::start(|settings| settings.database(&database.url)).await;
    let erasure = scene.begin().await;
    patience::until("its documents are deleted", async || {
        tally(&scene.report(&erasure).await, "house").0 == [3, 0, 0, 0, 0]
    })
    .await;
    // Before it is cleared, which is five seconds after the deletion: a file, where a folder was.
    let place = scene.process.folder().join("data/documents");
    let place = place.join(&scene.anna_id);
    std::fs::remove_dir_all(&place).ok();
    std::fs::write(&place, "in the way").unwrap();
    let tried = async |least: u32| {
        let tried = format!(
            "SELECT count(*)::text FROM outbox WHERE kind = 'erase_part' AND attempts >= {least}"
        );
        patience::until("it is tried again", async || {
            database.column(&tried).await == ["1"]
        })
        .await;
    };
    let at_once =
        "UPDATE outbox SET due_at = created_at WHERE kind = 'erase_part' RETURNING id::text";
    tried(2).await;
    // Three days later.
    let past = "UPDATE erasures SET deadline = requested_at RETURNING id::text";
    for change in [past, at_once] {
        assert_eq!(database.column(change).await.len(), 1);
    }
    tried(4).await;
    let report = scene.report(&erasure).await;
    assert_eq!(report["state"], "running", "{report}");

    std::fs::remove_file(&place).unwrap();
    assert_eq!(database.column(at_once).await.len(), 1);
    assert_eq!(scene.ended(&erasure).await["state"], "complete");
}
