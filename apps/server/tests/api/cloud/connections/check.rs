//! `POST /api/cloud/connections/{id}/check`.

use std::time::{Duration, Instant};

use wharf_sandbox::Scenario;

use crate::support::scene::Scene;

#[tokio::test]
async fn a_sound_connection_is_active_and_tells_its_account() {
    let scene = Scene::start().await;
    let before = scene.sandbox.requests().len();
    let path = format!("{}/check", scene.connection_path());
    let checked = scene.anna.post(&path).send().await.expect(200).json();
    assert_eq!(checked["connection"]["id"], scene.connection.as_str());
    assert_eq!(checked["connection"]["status"], "ACTIVE");
    let label = checked["account"]["label"].as_str().unwrap();
    assert!(label.contains("anna"), "{label}");
    assert!(
        scene.sandbox.requests().len() > before,
        "it asks the storage"
    );
}

#[tokio::test]
async fn a_storage_in_trouble_is_unreachable_until_it_recovers() {
    let scene = Scene::start().await;
    for trouble in [Scenario::ServerError, Scenario::Html] {
        is_unreachable_while(trouble, &scene).await;
    }
}

// not even to find out whether it is well again.
#[tokio::test]
async fn a_storage_that_asks_for_patience_is_not_asked_before_it_is_over() {
    let scene = Scene::start().await;
    scene.sandbox.misbehave(Scenario::Unavailable);
    assert_eq!(status(&scene).await, "UNREACHABLE");
    scene.sandbox.behave();
    let before = scene.sandbox.requests().len();
    assert_eq!(status(&scene).await, "UNREACHABLE");
    assert_eq!(scene.sandbox.requests().len(), before);
    // It asked for seven seconds.
    let until = Instant::now() + Duration::from_secs(60);
    while status(&scene).await != "ACTIVE" {
        assert!(Instant::now() < until, "it is never asked again");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What the connection is found to be when it is checked.
async fn status(scene: &Scene) -> String {
    let path = format!("{}/check", scene.connection_path());
    let checked = scene.anna.post(&path).send().await.expect(200).json();
    checked["connection"]["status"].as_str().unwrap().to_owned()
}

//
#[tokio::test]
async fn a_silent_storage_is_unreachable_until_it_speaks() {
    is_unreachable_while(Scenario::Stall, &Scene::impatient().await).await;
}

async fn is_unreachable_while(trouble: Scenario, scene: &Scene) {
    let path = format!("{}/check", scene.connection_path());
    scene.sandbox.misbehave(trouble);
    let checked = scene.anna.post(&path).send().await.expect(200).json();
    assert_eq!(checked["connection"]["status"], "UNREACHABLE", "{trouble}");
    assert!(checked["account"].is_null());
    scene.sandbox.behave();
    let checked = scene.anna.post(&path).send().await.expect(200).json();
    assert_eq!(checked["connection"]["status"], "ACTIVE", "{trouble}");
}

#[tokio::test]
async fn an_unreachable_connection_is_still_tried() {
    let scene = Scene::start().await;
    scene.sandbox.misbehave(Scenario::ServerError);
    let path = format!("{}/check", scene.connection_path());
    scene.anna.post(&path).send().await.expect(200);
    scene.sandbox.behave();
    scene
        .anna
        .get(&scene.folder_path("root"))
        .send()
        .await
        .expect(200);
}
