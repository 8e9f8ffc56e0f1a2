//! `PUT /api/cloud/connections/{id}/items/{item_id}/content`.

use wharf_sandbox::Scenario;

use super::{content_path, stored};
use crate::support::answer::Answer;
use crate::support::content::repr_digest;
use crate::support::scene::{Scene, text};

async fn put(scene: &Scene, path: &str, if_match: Option<&str>, content: &'static str) -> Answer {
    let call = scene.anna.put(path);
    let call = match if_match {
        Some(tags) => call.header("If-Match", tags),
        None => call,
    };
    call.body("text/plain", content).send().await
}

async fn holds(scene: &Scene, content: &str) {
    let read = scene.witness().read("notes.txt").await.expect(200);
    assert_eq!(read.text(), content);
}

#[tokio::test]
async fn the_content_that_is_meant_is_replaced() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    let path = content_path(&scene, &item);
    let first = text(&item["etag"]);
    let answer = put(&scene, &path, Some(&first), "newer").await.expect(200);
    let replaced = answer.json();
    assert_eq!(
        (&replaced["id"], &replaced["name"]),
        (&item["id"], &item["name"])
    );
    assert_eq!(replaced["size_bytes"], 5);
    assert_eq!(answer.header("etag"), replaced["etag"].as_str());
    assert_eq!(answer.header("repr-digest").unwrap(), repr_digest(b"newer"));
    assert_ne!(text(&replaced["etag"]), first);
    holds(&scene, "newer").await;

    // whoever still has the old tag does not overwrite what is new.
    let late = put(&scene, &path, Some(&first), "lost update").await;
    late.problem(412, "precondition_failed");
    holds(&scene, "newer").await;

    let several = format!("{first}, {}", text(&replaced["etag"]));
    put(&scene, &path, Some(&several), "again")
        .await
        .expect(200);
    holds(&scene, "again").await;
    put(&scene, &path, Some("*"), "whatever there was")
        .await
        .expect(200);
    holds(&scene, "whatever there was").await;
}

// RFC 6585, section 3
#[tokio::test]
async fn without_a_condition_nothing_is_replaced() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    let path = content_path(&scene, &item);
    let asked = scene.sandbox.requests().len();
    let answer = put(&scene, &path, None, "new").await;
    answer.problem(428, "precondition_required");
    for condition in ["If-None-Match", "If-Unmodified-Since"] {
        let call = scene.anna.put(&path).header(condition, "\"a\"");
        let answer = call.body("text/plain", "new").send().await;
        answer.problem(428, "precondition_required");
    }
    let malformed = put(&scene, &path, Some("old"), "new").await;
    malformed.problem(400, "invalid_request");
    assert_eq!(scene.sandbox.requests().len(), asked);
    holds(&scene, "old").await;
}

// RFC 9110, section 13.2.2
#[tokio::test]
async fn contradictory_conditions_have_an_order() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    let path = content_path(&scene, &item);
    let etag = text(&item["etag"]);
    let call = scene.anna.put(&path).header("If-Match", &etag);
    let call = call.header("If-None-Match", &etag);
    let answer = call.body("text/plain", "new").send().await;
    answer.problem(412, "precondition_failed");
    holds(&scene, "old").await;
    // A date beside a tag has no meaning.
    let call = scene.anna.put(&path).header("If-Match", &etag);
    let call = call.header("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
    call.body("text/plain", "new").send().await.expect(200);
    holds(&scene, "new").await;
}

// RFC 9110, section 13.2.1: what would fail anyway fails for its own reason.
#[tokio::test]
async fn what_is_not_there_is_not_replaced() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    scene.witness().delete("notes.txt").await;
    let gone = content_path(&scene, &item);
    for tags in ["*", &text(&item["etag"])] {
        let answer = put(&scene, &gone, Some(tags), "new").await;
        answer.problem(404, "item_not_found");
    }
    let folder = scene.id_of("Reports").await;
    for id in [&*folder, "root"] {
        let path = format!("{}/content", scene.item_path(id));
        let answer = put(&scene, &path, Some("*"), "new").await;
        answer.problem(409, "not_a_file");
    }
}

#[tokio::test]
async fn a_storage_that_is_full_keeps_the_old_content() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    let path = content_path(&scene, &item);
    scene.sandbox.misbehave(Scenario::Full);
    let answer = put(&scene, &path, Some("*"), "new").await;
    answer.problem(507, "storage_full");
    scene.sandbox.behave();
    holds(&scene, "old").await;
}

// of several who start from the same content one wins, and the others are told.
#[tokio::test]
async fn of_updates_at_once_one_wins() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    let path = content_path(&scene, &item);
    let etag = text(&item["etag"]);
    let attempts = (0..4).map(|_| put(&scene, &path, Some(&etag), "newer"));
    let answers = futures_util::future::join_all(attempts).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
}
