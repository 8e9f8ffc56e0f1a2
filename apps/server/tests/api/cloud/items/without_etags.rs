//! Conditions at a server that has no entity tags: no content can be the one that somebody means by a
//! tag, so nothing is done for whoever insists on it (RFC 9110, section 13.1.1).

use serde_json::{Value, json};
use wharf_sandbox::Dialect;

use super::{content_path, path, stored};
use crate::support::client::Call;
use crate::support::scene::Scene;

const TAG: &str = "\"a-tag\"";

/// Anna's file `notes.txt` with ten bytes, at a server without tags.
async fn with_file() -> (Scene, Value) {
    let scene = Scene::start().await;
    scene.sandbox.speak(Dialect::NoEtags);
    let item = stored(&scene, "notes.txt", "0123456789").await;
    assert_eq!(item["etag"], Value::Null);
    (scene, item)
}

/// Every way to change the file.
fn changes(scene: &Scene, item: &Value) -> [Call; 3] {
    let path = path(scene, item);
    let content = scene.anna.put(&content_path(scene, item));
    let name = json!({"name": "other.txt"});
    [
        content.body("text/plain", "new"),
        scene.anna.patch(&path).json(&name),
        scene.anna.delete(&path),
    ]
}

async fn is_unharmed(scene: &Scene) {
    let kept = scene.witness().read("notes.txt").await.expect(200);
    assert_eq!(kept.text(), "0123456789");
    scene.witness().read("other.txt").await.expect(404);
}

//
#[tokio::test]
async fn nothing_is_changed_for_a_tag() {
    let (scene, item) = with_file().await;
    for tags in [TAG, "\"a\", \"b\"", "W/\"a-tag\""] {
        for change in changes(&scene, &item) {
            let answer = change.header("If-Match", tags).send().await;
            answer.problem(412, "precondition_failed");
        }
    }
    is_unharmed(&scene).await;
}

#[tokio::test]
async fn nothing_is_read_for_a_tag() {
    let (scene, item) = with_file().await;
    let content = content_path(&scene, &item);
    let call = scene.anna.get(&content).header("If-Match", TAG);
    call.send().await.problem(412, "precondition_failed");
    // Whoever has another content gets this one, and the whole of it.
    for name in ["If-None-Match", "If-Range"] {
        let call = scene.anna.get(&content).header(name, TAG);
        let answer = call.header("Range", "bytes=2-4").send().await;
        let (status, body) = match name {
            "If-Range" => (200, "0123456789"),
            _ => (206, "234"),
        };
        assert_eq!((answer.status, answer.text()), (status, body), "{name}");
        assert_eq!(answer.header("etag"), None);
    }
}

#[tokio::test]
async fn whatever_there_is_can_be_meant() {
    let (scene, item) = with_file().await;
    let [replace, rename, _] = changes(&scene, &item);
    let replaced = replace.header("If-Match", "*").send().await;
    assert_eq!(replaced.expect(200).json()["size_bytes"], 3);
    let renamed = rename.header("If-Match", "*").send().await;
    let renamed = renamed.expect(200).json();
    let [_, _, delete] = changes(&scene, &renamed);
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let late = delete.header("If-Unmodified-Since", date).send().await;
    late.problem(412, "precondition_failed");
    let read = scene.witness().read("other.txt").await.expect(200);
    assert_eq!(read.text(), "new");
    let [_, _, delete] = changes(&scene, &renamed);
    delete.header("If-Match", "*").send().await.expect(200);
    scene.witness().read("other.txt").await.expect(404);
}
