//! What ends at the server with a connection.

use super::*;
use std::time::{Duration, Instant};
use wharf_sandbox::{Fault, FaultRule};

#[tokio::test]
async fn an_app_password_ends_with_its_connection() {
    let scene = Scene::start().await;
    let nextcloud = scene.sandbox.nextcloud();
    let password = nextcloud
        .add_app_password(&scene.access.login_name, "Wharf")
        .unwrap();
    let connection = text(&scene.connect(&password).await["id"]);
    let receipt = scene.disconnect(&connection).await;
    assert_eq!(receipt["revocation"]["status"], "done");
    assert_eq!(scene.app_passwords(), 0);
}

// Only the person can change it, and is told so.
#[tokio::test]
async fn a_login_password_is_left_to_the_person() {
    let scene = Scene::start().await;
    let connection = text(&scene.connect(&scene.access.password).await["id"]);
    let receipt = scene.disconnect(&connection).await;
    assert_eq!(receipt["revocation"]["status"], "unsupported");
    assert!(text(&receipt["revocation"]["advice"]).contains("no app password"));
}

#[tokio::test]
async fn a_server_that_is_away_is_told_later() {
    let scene = Scene::start().await;
    let nextcloud = scene.sandbox.nextcloud();
    let password = nextcloud
        .add_app_password(&scene.access.login_name, "Wharf")
        .unwrap();
    let connection = text(&scene.connect(&password).await["id"]);
    let rule = FaultRule::on("DELETE *apppassword", Fault::ResetBefore);
    scene.sandbox.inject(rule.times(1));
    let receipt = scene.disconnect(&connection).await;
    assert_eq!(receipt["revocation"]["status"], "pending");
    let until = Instant::now() + Duration::from_secs(30);
    while scene.app_passwords() > 0 {
        assert!(Instant::now() < until, "it was never told");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

// Two connections with one password: the first to go must not take the other along.
#[tokio::test]
async fn a_password_that_another_connection_uses_is_left_alone() {
    let scene = Scene::start().await;
    let nextcloud = scene.sandbox.nextcloud();
    let password = nextcloud
        .add_app_password(&scene.access.login_name, "Wharf")
        .unwrap();
    let connection = text(&scene.connect(&password).await["id"]);
    let ben = scene.server.regular("ben@example.org").await;
    try_connect(&ben, &scene.account(&password))
        .await
        .expect(201);
    let receipt = scene.disconnect(&connection).await;
    assert_eq!(receipt["revocation"]["status"], "in_use");
    assert_eq!(scene.app_passwords(), 1);
}
