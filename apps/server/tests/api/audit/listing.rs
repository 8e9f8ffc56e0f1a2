//! `GET /api/admin/audit`: filters, pages, and what an event shows.

use serde_json::{Value, json};

use super::events;
use crate::accounts::id_of;
use crate::support::client::Client;
use crate::support::scene::{Scene, choose_storage, column, text};

/// A user with a connection and another default storage, an admin, and a stranger who guesses.
async fn scene() -> (Scene, Client) {
    let scene = Scene::start().await;
    let admin = scene.server.admin("root@example.org").await;
    choose_storage(&scene.anna, &scene.connection)
        .await
        .expect(200);
    let wrong = json!({"email": "nobody@example.org", "password": "wrong"});
    let guess = scene.server.client().post("/api/auth/login").json(&wrong);
    guess.send().await.expect(401);
    (scene, admin)
}

async fn listed(admin: &Client, filter: &[(&str, &str)]) -> Value {
    let call = admin.get("/api/admin/audit");
    let call = filter
        .iter()
        .fold(call, |call, (name, value)| call.query(name, value));
    call.send().await.expect(200).json()
}

async fn actions(admin: &Client, filter: &[(&str, &str)]) -> Vec<String> {
    column(&listed(admin, filter).await, "action")
}

// L-02
#[tokio::test]
async fn an_event_shows_who_did_what_to_what_and_from_where() {
    let (scene, admin) = scene().await;
    let events = events(&admin).await;
    let positions: Vec<_> = events
        .iter()
        .map(|event| event["position"].as_u64())
        .collect();
    let expected: Vec<_> = (1..=events.len() as u64).map(Some).collect();
    assert_eq!(positions, expected);

    let connected = events.iter().find(|it| it["action"] == "cloud.connected");
    let mut connected = connected.unwrap().clone();
    for (member, length) in [("id", 36), ("request_id", 32), ("hash", 64)] {
        assert_eq!(text(&connected[member]).len(), length, "{member}");
    }
    for member in ["id", "request_id", "hash", "at", "position"] {
        connected.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(
        connected,
        json!({
            "actor": {"kind": "user", "id": id_of(&scene.anna).await},
            "action": "cloud.connected",
            "outcome": "done",
            "resource": {"kind": "connection", "id": scene.connection},
            "client_network": "127.0.0.0/24",
            "metadata": {"provider": "webdav"},
        })
    );
    let made = &events[0];
    assert_eq!(made["action"], "user.created");
    assert_eq!(made["actor"], json!({"kind": "operator", "id": null}));
    assert_eq!(made["client_network"], Value::Null);
}

#[tokio::test]
async fn events_are_listed_by_filter() {
    let (scene, admin) = scene().await;
    let all = events(&admin).await;
    let anna = id_of(&scene.anna).await;

    let by_anna = [
        "storage.default_changed",
        "cloud.connected",
        "session.started",
    ];
    assert_eq!(actions(&admin, &[("actor", &anna)]).await, by_anna);
    assert_eq!(
        actions(&admin, &[("action", "cloud.connected")]).await,
        ["cloud.connected"]
    );
    assert_eq!(
        actions(&admin, &[("resource", &scene.connection)]).await,
        ["cloud.connected"]
    );
    assert_eq!(
        actions(&admin, &[("outcome", "refused")]).await,
        ["session.refused"]
    );
    let both = [("actor", &*anna), ("outcome", "refused")];
    assert_eq!(actions(&admin, &both).await, [""; 0]);

    let middle = &all[all.len() / 2];
    let at = text(&middle["at"]);
    let later = listed(&admin, &[("from", &at)]).await;
    let earlier = listed(&admin, &[("until", &at)]).await;
    let count = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!(count(&later) + count(&earlier), all.len());
    let last = later["items"].as_array().unwrap().last().unwrap();
    assert_eq!(last["position"], middle["position"]);
}

#[tokio::test]
async fn pages_lead_through_the_whole_trail() {
    let (_scene, admin) = scene().await;
    let mut all = events(&admin).await;
    all.reverse();
    let (mut read, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut filter = vec![("limit", "2")];
        if let Some(cursor) = &cursor {
            filter.push(("cursor", cursor));
        }
        let page = listed(&admin, &filter).await;
        read.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(read, all);

    let other = admin.get("/api/admin/audit").query("outcome", "done");
    let other = other.query("cursor", &cursor.unwrap());
    other.send().await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn what_is_no_filter_is_refused() {
    let (_scene, admin) = scene().await;
    for (name, value) in [
        ("actor", "anna"),
        ("resource", "anna@example.org"),
        ("from", "yesterday"),
        ("until", "2026-11-23"),
        ("limit", "0"),
        ("limit", "1001"),
    ] {
        let call = admin.get("/api/admin/audit").query(name, value);
        let problem = call.send().await.problem(400, "invalid_request");
        assert_eq!(problem["field"], name, "{problem}");
    }
    let call = admin.get("/api/admin/audit").query("what", "x");
    call.send().await.problem(400, "invalid_request");
}
