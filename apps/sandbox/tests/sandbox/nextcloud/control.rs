//! The control routes for Nextcloud.

use serde_json::{Value, json};
use wharf_sandbox::Sandbox;

use super::{Client, anna};
use crate::client::{Answer, call};

fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Answer {
    let url = format!("{}/nextcloud{path}", sandbox.control_url());
    call("POST", url).send_json(body)
}

fn state(sandbox: &Sandbox) -> Value {
    call("GET", format!("{}/nextcloud", sandbox.control_url()))
        .send()
        .json()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn an_account_is_made_and_opened_from_outside() {
    let (sandbox, _) = anna();
    let order = json!({"login_name": "ida", "user_id": "Ida Ü", "password": "one"});
    let made = post(&sandbox, "/accounts", &order);
    assert_eq!(made.status, 201);
    let made = made.json();
    let ida = Client {
        url: text(&made["url"]),
        login_name: text(&made["login_name"]),
        user_id: text(&made["user_id"]),
        password: text(&made["password"]),
    };
    assert_eq!(ida.put("a", b"12345"), 201);
    let order = json!({"login_name": "ida", "user_id": "Ida Ü", "password": "two"});
    assert_eq!(post(&sandbox, "/accounts", &order).status, 201);
    assert_eq!(ida.put("a", b"a"), 401);
    assert_eq!(ida.with("two").get("a").unwrap(), b"12345");

    let quota = |login_name, quota: i64| {
        let order = json!({"login_name": login_name, "quota": quota});
        post(&sandbox, "/quota", &order).status
    };
    assert_eq!((quota("ida", 5), quota("nobody", -3)), (204, 404));
    assert_eq!(ida.with("two").put("b", b"b"), 507);
}

#[test]
fn what_is_left_is_told() {
    let (sandbox, anna) = anna();
    let nothing = json!({"app_passwords": [], "open_uploads": [], "wrong_passwords": {}});
    assert_eq!(state(&sandbox), nothing);
    let order = |login_name: &str| json!({"login_name": login_name, "name": "an app"});
    let made = post(&sandbox, "/app-passwords", &order(&anna.login_name)).json();
    let app = anna.with(made["app_password"].as_str().unwrap());
    assert_eq!(
        post(&sandbox, "/app-passwords", &order("nobody")).status,
        404
    );
    let upload = app.call("MKCOL", &app.dav_path("uploads", "an-upload"));
    let upload = upload
        .header("Destination", app.dav_url("files", "a"))
        .send();
    assert_eq!(upload.status, 201);
    assert_eq!(anna.with("wrong").put("a", b"a"), 401);
    assert_eq!(
        state(&sandbox),
        json!({
            "app_passwords": [{"login_name": anna.login_name, "name": "an app"}],
            "open_uploads": [
                {"login_name": anna.login_name, "folder": "an-upload", "chunks": [], "bytes": 0}
            ],
            "wrong_passwords": {"127.0.0.1": 1},
        })
    );
    let url = format!("{}/nextcloud/app-passwords", sandbox.control_url());
    let revoked = call("DELETE", format!("{url}?login_name={}", anna.login_name)).send();
    assert_eq!(revoked.json(), json!({"revoked": 1}));
    assert_eq!(app.put("a", b"a"), 401);
}

#[test]
fn the_limits_are_set() {
    let (sandbox, anna) = anna();
    let limits = json!({"min_chunk_bytes": 1, "max_chunk_bytes": 4096, "wrong_passwords": 1});
    assert_eq!(post(&sandbox, "/limits", &limits).status, 204);
    let told = anna
        .ocs("GET", "v2.php/cloud/capabilities?format=json")
        .send();
    let pointer = "/ocs/data/capabilities/files/chunked_upload/max_size";
    assert_eq!(told.json().pointer(pointer), Some(&json!(4096)));
    assert_eq!(anna.with("wrong").put("a", b"a"), 401);
    assert_eq!(anna.put("a", b"a"), 429);
    assert_eq!(post(&sandbox, "/limits", &json!({"most": 1})).status, 400);
}
