//! Somebody else's, gone, never made, and not even an id: one answer (E-01, A-08).

use serde_json::json;

use crate::support::answer::Masked;
use crate::support::client::{Call, Client};
use crate::support::scene::{Scene, document_path, store, text};

const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

/// Every request that names a connection.
fn connection_calls(who: &Client, id: &str) -> Vec<Call> {
    let path = format!("/api/cloud/connections/{id}");
    // `Welcome.txt`, which lies in Anna's storage.
    let item = format!("{path}/items/AQAAV2VsY29tZS50eHQ");
    vec![
        who.get(&path),
        who.patch(&path).json(&json!({"display_name": "Mine now"})),
        who.delete(&path),
        who.post(&format!("{path}/check")),
        who.get(&format!("{path}/folders/root")),
        who.post(&format!("{path}/folders"))
            .json(&json!({"parent_id": "root", "name": "n"})),
        who.put(&format!("{path}/folders/root/items"))
            .query("name", "n")
            .body("text/plain", "…"),
        who.get(&item),
        who.patch(&item).json(&json!({"name": "n"})),
        who.delete(&item),
        who.get(&format!("{item}/content")),
        who.get(&format!("{item}/content"))
            .header("Range", "bytes=0-1")
            .header("If-Match", "\"a\""),
        who.put(&format!("{item}/content"))
            .header("If-Match", "*")
            .body("text/plain", "…"),
        who.post(&format!("{item}/copy"))
            .json(&json!({"name": "n"})),
    ]
}

/// The one that names it in the query, where a text that can be no id is a mistake instead.
fn query_call(who: &Client, id: &str) -> Vec<Call> {
    vec![
        who.get("/api/cloud/folders/webdav/root")
            .query("connection_id", id),
    ]
}

/// Every request that names a document.
fn document_calls(who: &Client, id: &str) -> Vec<Call> {
    let path = format!("/api/documents/{id}");
    vec![
        who.get(&path),
        who.get(&format!("{path}/content")),
        who.get(&format!("{path}/content"))
            .header("Range", "bytes=0-1"),
        who.delete(&path),
    ]
}

async fn answers(calls: Vec<Call>) -> Vec<Masked> {
    let mut answers = Vec::new();
    for call in calls {
        let answer = call.send().await;
        answers.push(answer.masked());
        answer.problem(404, "not_found");
    }
    answers
}

#[tokio::test]
async fn connections() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let asked = scene.sandbox.requests().len();
    let unknown = answers(connection_calls(&ben, UNKNOWN)).await;
    assert_eq!(
        answers(connection_calls(&ben, &scene.connection)).await,
        unknown
    );
    let by_query = answers(query_call(&ben, UNKNOWN)).await;
    assert_eq!(answers(query_call(&ben, &scene.connection)).await, by_query);
    for malformed in [
        "nonsense",
        &scene.connection.to_uppercase(),
        &scene.connection.replace('-', ""),
    ] {
        assert_eq!(
            answers(connection_calls(&ben, malformed)).await,
            unknown,
            "{malformed}"
        );
    }
    assert_eq!(
        scene.sandbox.requests().len(),
        asked,
        "nothing was asked on Ben's behalf"
    );
    // Nothing happened to it.
    let connection = scene
        .anna
        .get(&scene.connection_path())
        .send()
        .await
        .expect(200)
        .json();
    assert_ne!(connection["display_name"], "Mine now");

    scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200);
    assert_eq!(
        answers(connection_calls(&scene.anna, &scene.connection)).await,
        unknown
    );
    assert_eq!(
        answers(query_call(&scene.anna, &scene.connection)).await,
        by_query
    );
}

#[tokio::test]
async fn documents() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let unknown = answers(document_calls(&ben, UNKNOWN)).await;
    for storage in ["house", &scene.connection] {
        let document = store(&scene.anna, "notes.txt", storage, b"notes").await;
        let id = text(&document["id"]);
        assert_eq!(answers(document_calls(&ben, &id)).await, unknown);
        for malformed in ["nonsense", &id.to_uppercase()] {
            assert_eq!(
                answers(document_calls(&ben, malformed)).await,
                unknown,
                "{malformed}"
            );
        }
        let path = document_path(&document);
        scene
            .anna
            .get(&format!("{path}/content"))
            .send()
            .await
            .expect(200);
        scene.anna.delete(&path).send().await.expect(200);
        assert_eq!(answers(document_calls(&scene.anna, &id)).await, unknown);
    }
}

// E-01: who has seen one id cannot guess the next.
#[tokio::test]
async fn ids_are_not_counted() {
    let scene = Scene::start().await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let document = store(&scene.anna, "n", "house", b"").await;
        ids.push(text(&document["id"]).replace('-', ""));
    }
    // RFC 9562, section 5.7: version 7, and 74 bits of chance at the end.
    let random = ids.iter().map(|id| {
        assert_eq!(&id[12..13], "7", "{id}");
        u64::from_str_radix(&id[17..], 16).unwrap()
    });
    let [first, second] = random.collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    assert!(first.abs_diff(second) > 1_000_000, "{ids:?}");
}
