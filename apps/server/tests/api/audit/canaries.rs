//! Whatever is sent to whichever route, nothing of it is in an event, nor in the log (L-01, L-03).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wharf_sandbox::Sandbox;
use wharf_server::routes::TABLE;

use super::admin_of;
use crate::support::client::{Call, Client};
use crate::support::patience;
use crate::support::process::{self, Process};
use crate::support::scene::{choose_storage, connect, document_path, store, text};
use crate::support::storage::account;

/// Nothing else has it in it.
const CANARY: &str = "canary";

/// Names, mail addresses, secrets and what is meant to get out of its place, all with a canary in them.
const FORMS: [&str; 6] = [
    "canary",
    "canary@example.org",
    "01900000-0000-7000-8000-canary000000",
    "canary\" OR '1'='1",
    "canary\u{202e}\u{1f600}\n\r\u{0}",
    "../canary/%2e%2e/canary",
];

/// What the paths of the table name.
struct Things {
    connection: String,
    document: String,
}

impl Things {
    fn in_path(&self, path: &str) -> String {
        let id = match path {
            path if path.starts_with("/api/documents") => &self.document,
            _ => &self.connection,
        };
        path.replace("{id}", id)
            .replace("{folder_id}", "root")
            .replace("{item_id}", "root")
            .replace("{provider}", "webdav")
    }
}

/// A body of the shape that a route expects, with canaries for values; `None` where there is none.
fn body(path: &str, form: &str) -> Option<Value> {
    let url = format!("https://{CANARY}.example.org/{CANARY}");
    Some(match path {
        "/api/auth/login" => json!({"email": "canary@example.org", "password": form}),
        "/api/auth/refresh" | "/api/auth/logout" => json!({"refresh_token": form}),
        "/api/users/me/password" => json!({"current_password": form, "new_password": form}),
        "/api/users/me/default-storage" => json!({"storage": form}),
        "/api/admin/users" => json!({
            "email": format!("canary-{}@example.org", form.len()),
            "role": "regular",
            "password": format!("canary {form}"),
        }),
        "/api/admin/users/{id}" => json!({"email": "canary@example.org", "role": form}),
        "/api/cloud/connections/webdav" => json!({
            "provider": "webdav", "server_url": url, "username": form, "password": form,
            "display_name": "canary",
        }),
        "/api/cloud/connections/nextcloud/login-flow" => json!({"server_url": url}),
        "/api/cloud/connections/{id}" => json!({"display_name": form}),
        "/api/cloud/oauth/complete" => json!({"confirmation": form}),
        "/api/cloud/connections/{id}/folders" => json!({"parent_id": "root", "name": form}),
        "/api/cloud/connections/{id}/items/{item_id}"
        | "/api/cloud/connections/{id}/items/{item_id}/copy" => json!({"name": form}),
        _ => return None,
    })
}

/// The same request with canaries wherever something can be said.
fn dressed(call: Call, form: &str, query: &[&str]) -> Call {
    let call = call
        .header("X-Request-Id", CANARY)
        .header("Referer", CANARY);
    let call = call.header("User-Agent", CANARY);
    query.iter().fold(call, |call, name| call.query(name, form))
}

/// Sends canaries to every route there is, in every place.
async fn pester(who: &Client, things: &Things) {
    const QUERIES: [&[&str]; 4] = [&[], &["name"], &["state", "code"], &["cursor", "actor"]];
    let escaped = |form: &str| -> String {
        let bytes = form.bytes();
        bytes.map(|byte| format!("%{byte:02X}")).collect()
    };
    for resource in TABLE {
        for endpoint in resource.endpoints {
            // What ends the connection or the document that others need comes last, elsewhere.
            let path = things.in_path(resource.path);
            let is_end = endpoint.method == "DELETE";
            for (number, form) in FORMS.into_iter().enumerate() {
                let odd = resource.path.replace("{provider}", &escaped(form));
                let odd = odd.replace("{id}", &escaped(form));
                let odd = odd
                    .replace("{folder_id}", CANARY)
                    .replace("{item_id}", CANARY);
                let query = QUERIES[number % QUERIES.len()];
                for path in [&odd, &path].into_iter().take(if is_end { 1 } else { 2 }) {
                    let call = dressed(who.call(endpoint.method, path), form, query);
                    let call = match body(resource.path, form) {
                        Some(body) => call.json(&body),
                        None => call.body("text/plain", form.to_owned()),
                    };
                    call.send().await;
                }
            }
        }
    }
}

/// A day without mishaps, of somebody whose every name has a canary in it.
async fn live(anna: &Client, sandbox: &Sandbox) -> Things {
    let mut entered = account(&sandbox.add_account("canary-user", "canary-password"));
    entered["display_name"] = json!("canary-display-name");
    let connection = connect(anna, &entered).await;
    choose_storage(anna, &connection).await.expect(200);
    let document = store(anna, "canary.txt", &connection, b"canary").await;
    let deleted = store(anna, "canary-2.txt", "house", b"canary").await;
    anna.delete(&document_path(&deleted))
        .send()
        .await
        .expect(200);
    Things {
        connection,
        document: text(&document["id"]),
    }
}

#[tokio::test]
async fn nothing_that_anybody_sends_is_in_an_event_or_in_the_log() {
    let sandbox = Sandbox::start();
    let process = Process::start().await;
    let admin = admin_of(&process, "canary-root@example.org").await;
    let anna = process
        .regular("canary-anna@example.org", "canary password")
        .await;
    let things = live(&anna, &sandbox).await;
    for who in [&process.client(), &admin, &anna] {
        pester(who, &things).await;
    }
    let path = format!("/api/cloud/connections/{}", things.connection);
    anna.delete(&path).send().await.expect(200);

    patience::until("every event has its place", async || {
        let checked = process.command(&["audit", "verify", "--json"], "");
        let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
        checked["waiting"] == 0
    })
    .await;
    let export = process.command(&["audit", "export"], "");
    assert!(export.status.success(), "{export:?}");
    let export = String::from_utf8(export.stdout).unwrap();
    let found = export.lines().find(|line| line.contains(CANARY));
    assert_eq!(found, None);
    assert_closed(&export);

    let log = process::log(process.folder());
    let found = log.lines().find(|line| line.contains(CANARY));
    assert_eq!(found, None);
}

/// L-01, L-03: every event is one of those that there are, with what goes with it and nothing else.
fn assert_closed(export: &str) {
    let objects = export
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut seen = BTreeSet::new();
    for event in objects.filter(|object| object["kind"] == "event") {
        let action = text(&event["action"]);
        let metadata: Value = serde_json::from_str(&text(&event["metadata"])).unwrap();
        let members = metadata.as_object().unwrap();
        let expected: &[&str] = match &*action {
            "user.created" | "user.role_changed" => &["role"],
            "cloud.connected"
            | "cloud.reconnected"
            | "cloud.requires_reauth"
            | "cloud.disconnected"
            | "integrity.mismatch" => &["provider"],
            "document.stored" => &["size_bytes"],
            "egress.blocked" => &["rule"],
            "cloud.credentials_purged" => &["providers"],
            "seal.refused" => &["purpose"],
            "key.rotated" | "key.retired" => &["key"],
            _ => &[],
        };
        let names: Vec<_> = members.keys().map(String::as_str).collect();
        assert_eq!(names, expected, "{event}");
        // A text in it is one of those in the code, and those are short names.
        for value in members.values() {
            let is_name = |text: &str| {
                text.bytes()
                    .all(|it| matches!(it, b'a'..=b'z' | b'_' | b'0'..=b'9'))
            };
            assert!(value.as_str().is_none_or(is_name), "{event}");
        }
        seen.insert(action);
    }
    // There was something to find.
    for action in [
        "user.created",
        "session.started",
        "session.refused",
        "cloud.connected",
        "cloud.disconnected",
        "document.stored",
        "document.deleted",
        "storage.default_changed",
        "egress.blocked",
    ] {
        assert!(seen.contains(action), "{action} is not among {seen:?}");
    }
}
