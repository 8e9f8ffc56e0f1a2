//! What admins see and change of accounts.

use futures_util::future::join;
use serde_json::{Value, json};

use super::{USERS, change, id_of, log_in};
use crate::support::client::Client;
use crate::support::scene::{Scene, column, store};
use crate::support::server::{PASSWORD, Server};

const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

async fn create(admin: &Client, user: Value) -> crate::support::answer::Answer {
    admin.post(USERS).json(&user).send().await
}

async fn listed(admin: &Client, query: &[(&str, &str)]) -> Value {
    let mut call = admin.get(USERS);
    for (name, value) in query {
        call = call.query(name, value);
    }
    call.send().await.expect(200).json()
}

#[tokio::test]
async fn an_admin_makes_finds_and_changes_accounts() {
    let server = Server::start().await;
    let admin = server.admin("root@example.org").await;
    let new = json!({"email": "Anna@Example.org", "role": "regular", "password": PASSWORD});
    let made = create(&admin, new).await.expect(201);
    let account = made.json();
    let id = account["id"].as_str().unwrap();
    let path = format!("{USERS}/{id}");
    assert_eq!(made.header("location"), Some(path.as_str()));
    let members: Vec<_> = account.as_object().unwrap().keys().collect();
    let expected = [
        "created_at",
        "default_storage",
        "disabled",
        "disabled_at",
        "email",
        "id",
        "role",
        "subject",
    ];
    assert_eq!(members, expected);
    assert_eq!(account["email"], "anna@example.org");
    assert_eq!(account["disabled"], false);
    let found = admin.get(&path).send().await.expect(200).json();
    assert_eq!(found, account);
    log_in(&server.client(), "anna@example.org", PASSWORD)
        .await
        .expect(200);

    let changed = change(&admin, id, json!({"role": "admin", "disabled": true})).await;
    let changed = changed.expect(200).json();
    assert_eq!(
        (&changed["role"], &changed["disabled"]),
        (&json!("admin"), &json!(true))
    );
    assert!(changed["disabled_at"].is_string());
    let same = change(&admin, id, json!({})).await.expect(200).json();
    assert_eq!(same, changed);
    let again = change(&admin, id, json!({"disabled": true})).await;
    assert_eq!(
        again.expect(200).json()["disabled_at"],
        changed["disabled_at"]
    );
    let enabled = change(&admin, id, json!({"disabled": false})).await;
    assert_eq!(enabled.expect(200).json()["disabled_at"], Value::Null);
}

#[tokio::test]
async fn accounts_are_listed_by_filter_page_by_page() {
    let server = Server::start().await;
    let admin = server.admin("root@example.org").await;
    for name in ["anna", "annabel", "ben"] {
        server.regular(&format!("{name}@example.org")).await;
    }
    let ben = &listed(&admin, &[("email", "ben")]).await["items"][0]["id"].clone();
    change(&admin, ben.as_str().unwrap(), json!({"disabled": true}))
        .await
        .expect(200);

    for (query, expected) in [
        (&[][..], &["root", "anna", "annabel", "ben"][..]),
        (&[("role", "admin")], &["root"]),
        (&[("disabled", "true")], &["ben"]),
        (
            &[("disabled", "false"), ("role", "regular")],
            &["anna", "annabel"],
        ),
        (&[("email", "ANNA")], &["anna", "annabel"]),
        (&[("email", "%")], &[]),
    ] {
        let names = column(&listed(&admin, query).await, "email");
        let expected: Vec<_> = expected
            .iter()
            .map(|it| format!("{it}@example.org"))
            .collect();
        assert_eq!(names, expected, "{query:?}");
    }

    let first = listed(&admin, &[("role", "regular"), ("limit", "2")]).await;
    assert_eq!(column(&first, "email").len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = listed(&admin, &[("role", "regular"), ("cursor", cursor)]).await;
    assert_eq!(column(&rest, "email"), ["ben@example.org"]);
    assert_eq!(rest["next_cursor"], Value::Null);
    // The cursor is of that filter.
    let other = admin.get(USERS).query("cursor", cursor).send().await;
    other.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn what_makes_no_account_is_refused() {
    let server = Server::start().await;
    let admin = server.admin("root@example.org").await;
    server.regular("anna@example.org").await;
    let new = |field: &str, value: Value| {
        let mut new = json!({"email": "ben@example.org", "role": "regular", "password": PASSWORD});
        new[field] = value;
        new
    };
    for (user, field) in [
        (new("role", json!("captain")), "role"),
        (new("role", json!("Admin")), "role"),
        (new("role", json!(null)), "role"),
        (new("email", json!("no address")), "email"),
        (new("email", json!(7)), "email"),
        (new("password", json!("shorty7")), "password"),
        (new("password", json!("p".repeat(1_025))), "password"),
        (new("password", json!(null)), "password"),
        (new("subject", json!("8f1c")), "password"),
        (new("is_root", json!(true)), "is_root"),
    ] {
        let problem = create(&admin, user.clone())
            .await
            .problem(400, "invalid_request");
        assert_eq!(problem["field"], field, "{user}");
    }
    // Two spellings of an address are one.
    let taken = create(&admin, new("email", json!("ANNA@example.ORG"))).await;
    taken.problem(409, "already_exists");
    assert_eq!(column(&listed(&admin, &[]).await, "email").len(), 2);
}

#[tokio::test]
async fn what_no_account_can_become_is_refused() {
    let scene = Scene::start().await;
    let admin = scene.server.admin("root@example.org").await;
    let anna = id_of(&scene.anna).await;
    let myself = id_of(&admin).await;
    for patch in [
        json!({"role": "regular"}),
        json!({"disabled": true}),
        json!({"password": "another password"}),
    ] {
        change(&admin, &myself, patch)
            .await
            .problem(409, "own_account");
    }
    for (patch, field) in [
        (json!({"role": "captain"}), "role"),
        (json!({"password": "shorty7"}), "password"),
        (json!({"email": "b@example.org"}), "email"),
        (json!({"disabled": "yes"}), "disabled"),
    ] {
        let problem = change(&admin, &anna, patch)
            .await
            .problem(400, "invalid_request");
        assert_eq!(problem["field"], field);
    }
    for id in [UNKNOWN, "x", "%00"] {
        change(&admin, id, json!({"role": "admin"}))
            .await
            .problem(404, "not_found");
    }
    // she has a connection, and then a document in the house.
    change(&admin, &anna, json!({"role": "admin"}))
        .await
        .problem(409, "has_storages");
    store(&scene.anna, "notes.txt", "house", b"notes").await;
    scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200);
    change(&admin, &anna, json!({"role": "admin"}))
        .await
        .problem(409, "has_storages");
}

//
#[tokio::test]
async fn of_two_admins_who_demote_each_other_one_stays() {
    let server = Server::start().await;
    let first = server.admin("first@example.org").await;
    let second = server.admin("second@example.org").await;
    let (one, two) = (id_of(&first).await, id_of(&second).await);
    let demotion = json!({"role": "regular"});
    let (there, back) = join(
        change(&first, &two, demotion.clone()),
        change(&second, &one, demotion.clone()),
    )
    .await;
    let mut statuses = [there.status, back.status];
    statuses.sort_unstable();
    // Who comes second is an admin no more, or the last one.
    assert!(
        statuses[0] == 200 && [401, 403, 409].contains(&statuses[1]),
        "{statuses:?}"
    );
    let (last, id) = if there.status == 200 {
        (&first, &two)
    } else {
        (&second, &one)
    };
    let admins = listed(last, &[("role", "admin")]).await;
    assert_eq!(column(&admins, "email").len(), 1);
    change(last, id, json!({"role": "admin"})).await.expect(200);
    change(last, id, json!({"disabled": true}))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_admin_sees_a_user_s_connections_and_sessions_and_ends_them() {
    let scene = Scene::start().await;
    let admin = scene.server.admin("root@example.org").await;
    let anna = id_of(&scene.anna).await;
    let connections = admin
        .get(&format!("{USERS}/{anna}/connections"))
        .send()
        .await;
    let own = scene.anna.get("/api/cloud/connections").send().await;
    assert_eq!(connections.expect(200).json(), own.expect(200).json());

    let path = format!("{USERS}/{anna}/sessions");
    let sessions = admin.get(&path).send().await.expect(200).json();
    assert_eq!(column(&sessions, "id").len(), 1);
    assert_eq!(sessions["items"][0]["current"], false);
    admin.delete(&path).send().await.expect(204);
    // There may be none.
    admin.delete(&path).send().await.expect(204);
    let sessions = admin.get(&path).send().await.expect(200).json();
    assert_eq!(column(&sessions, "id").len(), 0);
    scene
        .anna
        .get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");

    for part in ["connections", "sessions"] {
        let nobody = admin.get(&format!("{USERS}/{UNKNOWN}/{part}")).send().await;
        nobody.problem(404, "not_found");
    }
}
