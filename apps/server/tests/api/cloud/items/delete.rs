//! `DELETE /api/cloud/connections/{id}/items/{item_id}`.

use serde_json::json;

use crate::support::scene::Scene;

#[tokio::test]
async fn a_file_and_a_folder_with_all_that_it_holds_go() {
    let scene = Scene::start().await;
    for path in ["Welcome.txt", "Reports"] {
        let item = scene.item_path(&scene.id_of(path).await);
        let answer = scene.anna.delete(&item).send().await.expect(200);
        assert_eq!(answer.json(), json!({"content": "deleted"}));
        scene.witness().read(path).await.expect(404);
        let again = scene.anna.delete(&item).send().await;
        again.problem(404, "item_not_found");
    }
    scene
        .witness()
        .read("Reports/2026/Q1 report.csv")
        .await
        .expect(404);
}

#[tokio::test]
async fn a_folder_that_is_deleted_is_listed_no_more() {
    let scene = Scene::start().await;
    let reports = scene.id_of("Reports").await;
    let year = scene.id_of("Reports/2026").await;
    scene.listing(&year).await;
    let call = scene.anna.delete(&scene.item_path(&reports));
    call.send().await.expect(200);
    for folder in [&reports, &year] {
        let answer = scene.anna.get(&scene.folder_path(folder)).send().await;
        answer.problem(404, "item_not_found");
    }
    let call = scene.anna.patch(&scene.item_path(&year));
    let answer = call.json(&json!({"name": "2027"})).send().await;
    answer.problem(404, "item_not_found");
}
