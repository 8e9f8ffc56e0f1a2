//! Requests for the same folder at the same time.

use futures_util::future::join_all;

use crate::support::scene::Scene;

/// Asks a hundred times at once; gives how many PROPFINDs that took.
async fn ask_at_once(scene: &Scene, path: &str) -> usize {
    let asked = scene.asked("PROPFIND");
    let answers = join_all((0..100).map(|_| scene.anna.get(path).send())).await;
    let mut pages = answers.into_iter().map(|answer| answer.expect(200).json());
    let first = pages.next().unwrap();
    assert!(pages.all(|page| page == first));
    scene.asked("PROPFIND") - asked
}

#[tokio::test]
async fn a_hundred_requests_for_a_cold_folder_make_one_propfind() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    assert_eq!(ask_at_once(&scene, &root).await, 1);
    assert_eq!(
        ask_at_once(&scene, &root).await,
        0,
        "the folder is known now"
    );
}

#[tokio::test]
async fn whoever_is_told_of_a_failure_may_try_again() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    let missing = scene.folder_path("AQAAbWlzc2luZw");
    let answers = join_all((0..20).map(|_| scene.anna.get(&missing).send())).await;
    for answer in answers {
        answer.problem(404, "item_not_found");
    }
    let asked = scene.asked("PROPFIND");
    let again = scene.anna.get(&missing).send().await;
    again.problem(404, "item_not_found");
    assert!(scene.asked("PROPFIND") > asked, "a failure is not cached");
    scene.anna.get(&root).send().await.expect(200);
}
