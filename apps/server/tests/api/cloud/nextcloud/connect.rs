//! By address, login name and password.

use super::*;
use wharf_sandbox::{Fault, FaultRule};

#[tokio::test]
async fn an_account_is_found_by_any_page_and_keeps_its_id() {
    let scene = Scene::start().await;
    let connection = scene.connect(&scene.access.password).await;
    assert_eq!(connection["provider"], "nextcloud");
    assert_eq!(connection["server_url"], scene.access.files_url.as_str());
    assert_eq!(connection["display_name"], "anna@example.com at 127.0.0.1");
    let mut again = scene.account(&scene.access.password);
    again["server_url"] = json!(format!(
        "{}/index.php/apps/files/?dir=/a#b",
        scene.access.url
    ));
    let again = try_connect(&scene.anna, &again).await.expect(200).json();
    assert_eq!(again["id"], connection["id"]);
    let check = format!("/api/cloud/connections/{}/check", text(&connection["id"]));
    let checked = scene.anna.post(&check).send().await.expect(200).json();
    assert_eq!(checked["connection"]["status"], "ACTIVE", "{checked}");
}

// R-17, and a document that was moved within Nextcloud stays one.
#[tokio::test]
async fn documents_survive_a_move_and_come_in_chunks() {
    let scene = Scene::start().await;
    let connection = text(&scene.connect(&scene.access.password).await["id"]);
    let large: Vec<u8> = (0..11 * 1024 * 1024)
        .map(|at: usize| (at % 251) as u8)
        .collect();
    let stored = stored(&scene.anna, &connection, "large.bin", large.clone()).await;
    let document = stored.expect(201).json();
    assert_eq!(document["verified"], "digest", "{document}");
    let client = Client::anonymous("");
    let file = |name: &str| format!("{}{name}", scene.access.files_url);
    let moved = client.call("MOVE", &file("Wharf/large.bin"));
    let moved = moved
        .header("Destination", &file("elsewhere.bin"))
        .basic(&scene.access.login_name, &scene.access.password);
    moved.send().await.expect(201);
    let content = format!("/api/documents/{}/content", text(&document["id"]));
    let answer = scene.anna.get(&content).stream().await;
    assert_eq!(answer.bytes().await.unwrap(), large);
}

#[tokio::test]
async fn what_is_no_nextcloud_or_refuses_is_not_connected() {
    let scene = Scene::start().await;
    let wrong = try_connect(&scene.anna, &scene.account("wrong")).await;
    wrong.problem(422, "upstream_auth_failed");
    let tried = scene.sandbox.nextcloud().state().wrong_passwords;
    assert_eq!(tried.values().sum::<u64>(), 1);
    let mut other = scene.account(&scene.access.password);
    other["server_url"] = json!(scene.sandbox.webdav().url);
    try_connect(&scene.anna, &other)
        .await
        .problem(422, "not_webdav");
    other["server_url"] = json!("http://169.254.169.254/index.php");
    try_connect(&scene.anna, &other)
        .await
        .problem(422, "url_not_allowed");
    scene.sandbox.inject(FaultRule::on("*", Fault::Maintenance));
    let account = scene.account(&scene.access.password);
    try_connect(&scene.anna, &account)
        .await
        .problem(502, "upstream_unavailable");
}

// D-03
#[tokio::test]
async fn a_password_that_ends_marks_the_connection_at_once() {
    let scene = Scene::start().await;
    let nextcloud = scene.sandbox.nextcloud();
    let password = nextcloud
        .add_app_password(&scene.access.login_name, "Wharf")
        .unwrap();
    let connection = text(&scene.connect(&password).await["id"]);
    nextcloud.revoke_app_passwords(&scene.access.login_name);
    let folder = format!("/api/cloud/connections/{connection}/folders/root");
    for _ in 0..3 {
        scene
            .anna
            .get(&folder)
            .send()
            .await
            .problem(409, "requires_reauth");
    }
    let tried = || nextcloud.state().wrong_passwords.values().sum::<u64>();
    assert_eq!(tried(), 1);
    // Nor is it tried again to end what has ended.
    let receipt = scene.disconnect(&connection).await;
    assert_eq!(receipt["revocation"]["status"], "done");
    assert_eq!(tried(), 1);
}
