//! Everything there is goes, and the receipt says what became of it.

use serde_json::{Value, json};

use super::scene::{EMAIL, Scene, delete, tally};
use crate::support::folder::files;
use crate::support::postgres::Database;
use crate::support::server::PASSWORD;

// R-01, and the order of what is done at each storage.
#[tokio::test]
async fn all_that_somebody_had_is_erased_with_a_receipt() {
    let database = Database::fresh().await;
    let scene = Scene::start(|settings| settings.database(&database.url)).await;
    let begun = scene.delete().await.expect(202);
    let erasure = begun.header("location").unwrap().to_owned();
    let id = begun.json()["erasure_id"].clone();
    assert_eq!(
        erasure,
        format!("/api/admin/erasures/{}", id.as_str().unwrap())
    );

    // Nobody comes in by the account from then on, and nobody sees it.
    scene
        .anna
        .get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");
    let login = json!({"email": EMAIL, "password": PASSWORD});
    let nobody = scene.process.client();
    nobody
        .post("/api/auth/login")
        .json(&login)
        .send()
        .await
        .problem(401, "wrong_login");
    let path = format!("/api/admin/users/{}", scene.anna_id);
    scene
        .admin
        .get(&path)
        .send()
        .await
        .problem(404, "not_found");
    // Whoever asks again is told the same.
    assert_eq!(scene.delete().await.expect(202).json()["erasure_id"], id);

    let receipt = scene.ended(&erasure).await;
    assert_eq!(receipt["state"], "complete", "{receipt}");
    assert_eq!(receipt["user_id"], json!(scene.anna_id));
    for (storage, expected) in [
        ("house", ([3, 0, 0, 0, 0], Value::Null)),
        ("google_drive", ([0, 3, 0, 0, 0], json!("revoked"))),
        ("onedrive", ([0, 3, 0, 0, 0], json!("unsupported"))),
        ("nextcloud", ([0, 3, 0, 0, 0], json!("revoked"))),
        ("webdav", ([3, 0, 0, 0, 0], json!("unsupported"))),
    ] {
        assert_eq!(tally(&receipt, storage), expected, "{storage}");
    }
    // Now it is an account that never was.
    delete(&scene.admin, &scene.anna_id)
        .await
        .problem(404, "not_found");

    assert_events(&database).await;

    // At each storage documents go before the grant does.
    let last = |method: &str, part: &str| {
        let requests = scene.sandbox.requests();
        let fits = requests
            .iter()
            .filter(|it| it.method == method && it.path.contains(part));
        fits.map(|it| it.number).max().unwrap()
    };
    assert!(last("PATCH", "/drive/v3/files/") < last("POST", "/revoke"));
    assert!(last("DELETE", "/dav/files/") < last("DELETE", "/apppassword"));
    assert_eq!(scene.asked("POST", "/revoke").len(), 1);

    // A full scan: of the database, of the house, and of every storage.
    assert_no_row_tells(&database, &scene.anna_id).await;
    let documents = scene.process.folder().join("data/documents");
    assert_eq!(files(&documents), [""; 0].map(std::path::PathBuf::from));
    assert!(!documents.join(&scene.anna_id).exists());
    scene.assert_storages_are_clear().await;
}

/// One event of each change, in the order of the changes.
async fn assert_events(database: &Database) {
    let events = database.events("action || ' ' || metadata", "%").await;
    let stored = |event: &String| event.starts_with("document.stored");
    let last_stored = events.iter().rposition(stored).unwrap();
    let mut events = events[last_stored + 1..].to_vec();
    events.retain(|event| !event.starts_with("session.refused"));
    assert_eq!(events[0], "user.deleted {}");
    assert_eq!(events[events.len() - 1], "user.erased {}");
    let documents = events.iter().filter(|it| *it == "document.deleted {}");
    assert_eq!(documents.count(), 15);
    let providers = r#"["google_drive","nextcloud","onedrive","webdav"]"#;
    let purged = format!("cloud.credentials_purged {{\"providers\":{providers}}}");
    assert!(events.contains(&purged), "{events:?}");
    assert_eq!(events.len(), 18, "{events:?}");
}

/// Only events and the receipt know the user's id, and nothing knows more.
async fn assert_no_row_tells(database: &Database, user: &str) {
    let tables = "SELECT table_name::text FROM information_schema.tables \
                  WHERE table_schema = 'public'";
    for table in database.column(tables).await {
        let query = format!("SELECT t::text FROM {table} t");
        let rows = database.column(&query).await.join("\n");
        for canary in ["canary", "/dav/", "example.com"] {
            assert!(!rows.contains(canary), "{canary} in {table}: {rows}");
        }
        if !["audit_events", "audit_trail", "erasures"].contains(&table.as_str()) {
            assert!(!rows.contains(user), "{table}: {rows}");
        }
    }
}
