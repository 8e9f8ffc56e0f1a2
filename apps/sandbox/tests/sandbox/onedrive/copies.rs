//! Copies, which OneDrive makes after it has answered.

use std::time::Duration;

use serde_json::{Value, json};
use wharf_sandbox::{Provider, Sandbox};

use super::{OneDrive, assert_refused, warnings};
use crate::application::{ANNA, text};
use crate::client::{Answer, call};

const SECOND: Duration = Duration::from_secs(1);

fn order(onedrive: &OneDrive, path: &str, body: &Value) -> Answer {
    onedrive.post(&format!("me/drive/root:/{path}:/copy"), body)
}

/// What the monitor of an accepted copy says once the copy has had its time.
fn outcome(sandbox: &Sandbox, accepted: &Answer) -> Value {
    assert_eq!(accepted.status, 202);
    sandbox.advance_clock(SECOND);
    let look = || call("GET", accepted.header("Location")).send();
    assert_eq!(look().status, 202);
    let answer = look();
    assert_eq!(answer.status, 200);
    answer.json()
}

#[test]
fn a_copy_takes_its_time_and_then_has_an_id() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let accepted = order(&onedrive, "Reports", &json!({"name": "Copied reports"}));
    let monitor = accepted.header("Location").to_owned();
    let copy = "me/drive/root:/Copied%20reports/2026/Q1%20report.csv";
    let early = call("GET", &monitor).send();
    assert_eq!(early.status, 202);
    assert_eq!(early.json()["status"], "inProgress");
    sandbox.advance_clock(SECOND);
    let done = call("GET", &monitor).send().json();
    assert_eq!(done["status"], "completed");
    let folder = onedrive.item(text(&done, "/resourceId")).json();
    assert_eq!(folder["name"], "Copied reports");
    let file = onedrive.get_json(copy);
    let original = onedrive.get_json("me/drive/root:/Reports/2026/Q1%20report.csv");
    assert_eq!(file["file"], original["file"]);
    assert_ne!(file["id"], original["id"]);
    let with_token = call("GET", &monitor)
        .header("Authorization", format!("Bearer {}", onedrive.access_token))
        .send();
    assert_refused(with_token, 401, "unauthenticated");
    assert_eq!(warnings(&sandbox).len(), 1);
    assert_refused(
        call("GET", format!("{monitor}x")).send(),
        404,
        "itemNotFound",
    );
}

#[test]
fn a_copy_can_fail_at_once_or_later() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let same_place = order(&onedrive, "Welcome.txt", &json!({}));
    assert_refused(same_place, 409, "nameAlreadyExists");
    let accepted = order(&onedrive, "Welcome.txt", &json!({"name": "later.txt"}));
    onedrive.put("later.txt", b"first");
    let failed = outcome(&sandbox, &accepted);
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["error"]["code"], "nameAlreadyExists");
    let accepted = order(&onedrive, "Welcome.txt", &json!({"name": "too much.txt"}));
    sandbox.set_storage_limit(Provider::Microsoft, ANNA, 0);
    let failed = outcome(&sandbox, &accepted);
    assert_eq!(failed["error"]["code"], "quotaLimitReached");
}

#[test]
fn a_copy_goes_where_the_client_says() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let empty = onedrive.get_json("me/drive/root:/Empty");
    let body = json!({"parentReference": {"id": empty["id"]}});
    let done = outcome(&sandbox, &order(&onedrive, "Welcome.txt", &body));
    assert_eq!(onedrive.names(text(&empty, "/id")), ["Welcome.txt"]);
    assert_eq!(
        onedrive.content(text(&done, "/resourceId")),
        b"Welcome to the sandbox.\n"
    );
    let path = "me/drive/root:/Welcome.txt:/copy?@microsoft.graph.conflictBehavior=rename";
    outcome(&sandbox, &onedrive.post(path, &body));
    assert_eq!(
        onedrive.names(text(&empty, "/id")),
        ["Welcome 1.txt", "Welcome.txt"]
    );
    let reports = onedrive.get_json("me/drive/root:/Reports/2026");
    let itself = json!({"parentReference": {"id": reports["id"]}});
    assert_refused(order(&onedrive, "Reports", &itself), 400, "invalidRequest");
}
