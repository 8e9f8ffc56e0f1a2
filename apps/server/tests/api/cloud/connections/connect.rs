//! `POST /api/cloud/connections/webdav`.

use serde_json::{Value, json};
use wharf_sandbox::{Access, Sandbox};

use crate::support::scene::{Scene, connect, text, try_connect};
use crate::support::server::Server;
use crate::support::storage::account;

#[tokio::test]
async fn a_new_account_is_created_and_located() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let sandbox = Sandbox::start();
    let mut entered = account(&sandbox.webdav());
    entered["display_name"] = json!("  Mein Schließfach ");

    let answer = try_connect(&anna, &entered).await.expect(201);
    let connection = answer.json();
    let path = format!("/api/cloud/connections/{}", text(&connection["id"]));
    assert!(answer.header("location").unwrap().ends_with(&path));
    let expected = json!({
        "id": connection["id"],
        "provider": "webdav",
        "display_name": "Mein Schließfach",
        "server_url": sandbox.webdav().url,
        "status": "ACTIVE",
        "status_reason": null,
        "status_since": connection["status_since"],
        "created_at": connection["created_at"],
    });
    assert_eq!(connection, expected);
    let read = anna.get(&path).send().await.expect(200).json();
    assert_eq!(read, connection);
}

// neither the password nor what it was sealed into is ever shown.
#[tokio::test]
async fn the_answer_holds_no_secret() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let sandbox = Sandbox::start();
    let answer = try_connect(&anna, &account(&sandbox.webdav()))
        .await
        .expect(201);
    let Access {
        username, password, ..
    } = sandbox.webdav();
    assert!(!answer.text().contains(&password));
    let name = text(&answer.json()["display_name"]);
    assert!(
        name.contains(&username),
        "{name} tells one account from another"
    );
}

#[tokio::test]
async fn a_known_account_keeps_its_id() {
    let scene = Scene::start().await;
    let mut again = account(&scene.sandbox.webdav());
    again["display_name"] = json!("The same");
    let connection = try_connect(&scene.anna, &again).await.expect(200).json();
    assert_eq!(connection["id"], scene.connection.as_str());
    assert_eq!(connection["display_name"], "The same");
    // The same address in another spelling.
    again["server_url"] = json!(scene.sandbox.webdav().url.trim_end_matches('/'));
    again.as_object_mut().unwrap().remove("display_name");
    let connection = try_connect(&scene.anna, &again).await.expect(200).json();
    assert_eq!(connection["id"], scene.connection.as_str());
    assert_eq!(
        connection["display_name"], "The same",
        "kept where none is given"
    );
}

#[tokio::test]
async fn the_same_account_may_be_two_users() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let id = connect(&ben, &account(&scene.sandbox.webdav())).await;
    assert_ne!(id, scene.connection);
}

// D-03
#[tokio::test]
async fn a_wrong_password_is_tried_exactly_once() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let sandbox = Sandbox::start();
    let mut entered = account(&sandbox.webdav());
    entered["password"] = json!("wrong");
    let answer = try_connect(&anna, &entered).await;
    assert!(!answer.text().contains("wrong"));
    answer.problem(422, "upstream_auth_failed");
    let requests = sandbox.requests();
    let with_credentials = requests.iter().filter(|request| request.has_credentials);
    assert_eq!(with_credentials.count(), 1);
    no_connection(&anna).await;
}

// I-01
#[tokio::test]
async fn there_is_a_limit_to_connections() {
    let scene = Scene::start().await;
    for number in 1..20 {
        let access = scene
            .sandbox
            .add_account(&format!("user {number}"), "a password");
        connect(&scene.anna, &account(&access)).await;
    }
    let one_more = scene.sandbox.add_account("one more", "a password");
    let answer = try_connect(&scene.anna, &account(&one_more)).await;
    answer.problem(409, "too_many_connections");
    // What is known already is none more.
    try_connect(&scene.anna, &account(&scene.sandbox.webdav()))
        .await
        .expect(200);
    // And one that is ended makes room.
    scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200);
    connect(&scene.anna, &account(&one_more)).await;
    let answer = try_connect(&scene.anna, &account(&scene.sandbox.webdav())).await;
    answer.problem(409, "too_many_connections");
}

// I-01
#[tokio::test]
async fn connections_that_come_at_once_keep_to_the_limit_too() {
    let scene = Scene::start().await;
    let accounts = (0..25).map(|number| {
        let access = scene
            .sandbox
            .add_account(&format!("user {number}"), "a password");
        account(&access)
    });
    let accounts: Vec<_> = accounts.collect();
    let attempts = accounts.iter().map(|it| try_connect(&scene.anna, it));
    let answers = futures_util::future::join_all(attempts).await;
    let (made, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(made.len(), 19, "beside the one of the scene");
    for answer in refused {
        answer.problem(409, "too_many_connections");
    }
    let list = scene.anna.get("/api/cloud/connections").send().await;
    let list = list.expect(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn json_of_the_wrong_shape_is_refused_before_anything_is_asked() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let sandbox = Sandbox::start();
    let good = account(&sandbox.webdav());
    let changed = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed[name] = value;
        changed
    };
    let without = |name: &str| {
        let mut changed = good.clone();
        changed.as_object_mut().unwrap().remove(name);
        changed
    };
    for body in [
        json!([]),
        json!({}),
        without("provider"),
        without("server_url"),
        without("username"),
        without("password"),
        changed("server_url", json!(1)),
        changed("username", json!(null)),
        changed("password", json!(["p"])),
        changed("display_name", json!("")),
        changed("display_name", json!("n".repeat(201))),
        changed("display_name", json!("deceptive \u{202e}txt")),
        changed("token", json!("surplus")),
    ] {
        let answer = try_connect(&anna, &body).await;
        assert_eq!(answer.status, 400, "{body}");
        answer.problem(400, "invalid_request");
    }
    assert_eq!(sandbox.requests(), []);
    no_connection(&anna).await;
}

#[tokio::test]
async fn an_unknown_provider_is_refused() {
    let scene = Scene::start().await;
    for provider in ["gopher", "WEBDAV", ""] {
        let mut entered = account(&scene.sandbox.webdav());
        entered["provider"] = json!(provider);
        let answer = try_connect(&scene.anna, &entered).await;
        assert_eq!(answer.problem(400, "invalid_request")["field"], "provider");
    }
}

pub(super) async fn no_connection(who: &crate::support::client::Client) {
    let list = who
        .get("/api/cloud/connections")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(list, json!({"items": [], "next_cursor": null}));
}
