//! Who may do what: every route of the server against a table that people review.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use wharf_server::routes::{TABLE, Who};

use crate::accounts::{change, id_of};
use crate::support::client::{Call, Client};
use crate::support::scene::{Scene, store, text};
use crate::support::server::PASSWORD;
use crate::support::storage::account;

const MATRIX: &str = include_str!("role_matrix.tsv");

/// A file in the sandbox that is renamed on the way, and what it is called then: ids of WebDAV items
/// are paths (ADR 0005).
const ITEM: [&str; 2] = ["Welcome.txt", "Renamed.txt"];

const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

/// A row of the table: the request and the status for each who asks.
struct Row {
    method: &'static str,
    path: &'static str,
    statuses: [u16; 6],
}

fn rows() -> Vec<Row> {
    let lines = MATRIX.lines().filter(|line| !line.starts_with('#'));
    lines.skip(1).map(row).collect()
}

fn row(line: &'static str) -> Row {
    let cells: Vec<_> = line.split('\t').collect();
    let [method, path, statuses @ ..] = &cells[..] else {
        panic!("{line}")
    };
    let statuses: Vec<_> = statuses
        .iter()
        .map(|status| status.parse().unwrap())
        .collect();
    Row {
        method,
        path,
        statuses: statuses.try_into().unwrap_or_else(|_| panic!("{line}")),
    }
}

/// What the paths of the table name.
struct Things {
    /// An account without anything.
    user: String,
    connection: String,
    document: String,
    item: String,
}

impl Things {
    fn in_path(&self, path: &str) -> String {
        let id = match path {
            path if path.starts_with("/api/documents") => &self.document,
            path if path.starts_with("/api/admin/users") => &self.user,
            _ => &self.connection,
        };
        path.replace("{id}", id)
            .replace("{folder_id}", "root")
            .replace("{item_id}", &self.item)
            .replace("{provider}", "webdav")
    }
}

// a route without a row fails, and so does a row without a route.
#[test]
fn every_route_has_a_row() {
    let rows: Vec<_> = rows().iter().map(|row| (row.method, row.path)).collect();
    let unique: BTreeSet<_> = rows.iter().copied().collect();
    assert_eq!(rows.len(), unique.len(), "a row is there twice");
    let routes = TABLE.iter().flat_map(|resource| {
        resource
            .endpoints
            .iter()
            .map(|endpoint| (endpoint.method, resource.path))
    });
    assert_eq!(unique, routes.collect());
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let admin = scene.server.admin("admin@example.org").await;
    let document = store(&scene.anna, "notes.txt", &scene.connection, b"notes").await;
    let cara = scene.server.regular("cara@example.org").await;
    let things = Things {
        user: id_of(&cara).await,
        connection: scene.connection.clone(),
        document: text(&document["id"]),
        item: webdav_id(ITEM[0]),
    };
    let disabled = scene.server.regular("disabled@example.org").await;
    let off = json!({"disabled": true});
    change(&admin, &id_of(&disabled).await, off)
        .await
        .expect(200);
    let deleted = scene.server.regular("deleted@example.org").await;
    let path = format!("/api/admin/users/{}", id_of(&deleted).await);
    admin.delete(&path).send().await.expect(202);
    let everybody = [
        ("anonymous", scene.server.client()),
        ("deleted", deleted),
        ("disabled", disabled),
        ("admin", admin),
        ("ben", ben),
        ("anna", scene.anna.clone()),
    ];
    for row in rows() {
        for ((name, who), status) in everybody.iter().zip(row.statuses) {
            let call = call(name, who, &row, &things, &scene);
            let answer = call.send().await;
            assert_eq!(answer.status, status, "{name}: {} {}", row.method, row.path);
        }
    }
}

/// The request of a row, with a body that fits.
fn call(name: &str, who: &Client, row: &Row, things: &Things, scene: &Scene) -> Call {
    let call = who.call(row.method, &path(row, things));
    match (row.method, row.path) {
        ("POST", "/api/auth/login") => {
            call.json(&json!({"email": format!("{name}@example.org"), "password": PASSWORD}))
        }
        // The refresh token is the proof, whoever asks; this one is nobody's.
        ("POST", "/api/auth/refresh" | "/api/auth/logout") => {
            call.json(&json!({"refresh_token": "none"}))
        }
        // Wrong on purpose, so that everybody's password stays.
        ("PUT", "/api/users/me/password") => {
            call.json(&json!({"current_password": "wrong", "new_password": PASSWORD}))
        }
        ("POST", "/api/admin/users") => call.json(&json!({
            "email": "new@example.org", "role": "regular", "password": PASSWORD,
        })),
        ("PATCH", "/api/admin/users/{id}") => call.json(&json!({"disabled": false})),
        ("PATCH", "/api/users/me/default-storage") => {
            call.json(&json!({"storage": things.connection}))
        }
        ("PATCH", "/api/cloud/connections/{id}") => call.json(&json!({"display_name": "Renamed"})),
        ("POST", "/api/cloud/connections/webdav") => call.json(&account(&scene.sandbox.webdav())),
        ("POST", "/api/cloud/connections/nextcloud/login-flow") => {
            call.json(&json!({"server_url": scene.sandbox.nextcloud().access().url}))
        }
        ("POST", "/api/cloud/oauth/complete") => call.json(&json!({"confirmation": "none"})),
        ("POST", "/api/documents") => call.query("name", "n").body("text/plain", "…"),
        ("POST", "/api/cloud/connections/{id}/folders") => {
            call.json(&json!({"parent_id": "root", "name": "Made"}))
        }
        ("PUT", "/api/cloud/connections/{id}/folders/{folder_id}/items") => {
            call.query("name", "new.txt").body("text/plain", "…")
        }
        ("PUT", "/api/cloud/connections/{id}/items/{item_id}/content") => {
            call.header("If-Match", "*").body("text/plain", "…")
        }
        ("POST", "/api/cloud/connections/{id}/items/{item_id}/copy") => {
            call.json(&json!({"name": "copy.txt"}))
        }
        ("PATCH", "/api/cloud/connections/{id}/items/{item_id}") => {
            call.json(&json!({"name": ITEM[1]}))
        }
        _ => call,
    }
}

/// The path of a row; what is deleted was renamed before.
fn path(row: &Row, things: &Things) -> String {
    let path = things.in_path(row.path);
    match row.method {
        "DELETE" => path.replace(&things.item, &webdav_id(ITEM[1])),
        _ => path,
    }
}

fn webdav_id(path: &str) -> String {
    URL_SAFE_NO_PAD.encode([b"\x01\0\0", path.as_bytes()].concat())
}

/// The methods that are tried at every address.
const METHODS: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW",
];

// before any look-up, whatever the method, the id and the body.
#[tokio::test]
async fn an_admin_is_refused_wherever_users_things_are() {
    let scene = Scene::start().await;
    let admin = scene.server.admin("root@example.org").await;
    let document = store(&scene.anna, "notes.txt", &scene.connection, b"notes").await;
    let real = Things {
        user: UNKNOWN.to_owned(),
        connection: scene.connection.clone(),
        document: text(&document["id"]),
        item: webdav_id(ITEM[0]),
    };
    let unknown = Things {
        user: UNKNOWN.to_owned(),
        connection: UNKNOWN.to_owned(),
        document: UNKNOWN.to_owned(),
        item: webdav_id("nowhere"),
    };
    let malformed = Things {
        user: "%00".to_owned(),
        connection: "%00".to_owned(),
        document: "x".to_owned(),
        item: "%00".to_owned(),
    };
    let asked = scene.sandbox.requests().len();
    for resource in TABLE.iter().filter(|resource| resource.who == Who::Regular) {
        for things in [&real, &unknown, &malformed] {
            for method in METHODS {
                let path = things.in_path(resource.path);
                let call = admin
                    .call(method, &path)
                    .query("surplus", "1")
                    .header("Range", "bytes=0-1");
                let answer = call.untyped("not json").send().await;
                assert_eq!(answer.status, 403, "{method} {path}");
                if method != "HEAD" {
                    answer.problem(403, "role_not_allowed");
                }
            }
        }
    }
    assert_eq!(
        scene.sandbox.requests().len(),
        asked,
        "the storage was asked for an admin"
    );
}

// the same for whoever is nobody, before anything is parsed.
#[tokio::test]
async fn nobody_is_refused_everywhere_but_at_the_open_routes() {
    let scene = Scene::start().await;
    let nobody = scene.server.client();
    let things = Things {
        user: UNKNOWN.to_owned(),
        connection: scene.connection.clone(),
        document: UNKNOWN.to_owned(),
        item: webdav_id(ITEM[0]),
    };
    let asked = scene.sandbox.requests().len();
    for resource in TABLE.iter().filter(|resource| resource.who != Who::Anyone) {
        let path = things.in_path(resource.path);
        for method in METHODS {
            let answer = nobody.call(method, &path).untyped("not json").send().await;
            assert_eq!(answer.status, 401, "{method} {path}");
        }
    }
    assert_eq!(scene.sandbox.requests().len(), asked);
}
