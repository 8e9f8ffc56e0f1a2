//! A database that is restored from a backup has people in it who were deleted since: they are deleted
//! again before anybody is served (K-09).

use std::fs;
use std::path::Path;

use serde_json::json;

use super::scene::{EMAIL, Scene, admin, delete, log_in};
use crate::accounts::id_of;
use crate::support::folder::files;
use crate::support::patience;
use crate::support::process::{self, Process};
use crate::support::s3::S3Server;
use crate::support::server::PASSWORD;

/// The files of the database.
const DATABASE: [&str; 3] = ["wharf.sqlite3", "wharf.sqlite3-wal", "wharf.sqlite3-shm"];

fn copy_database(from: &Path, to: &Path) {
    for name in DATABASE {
        let (from, to) = (from.join(name), to.join(name));
        if from.exists() {
            fs::copy(from, to).unwrap();
        } else {
            let _ = fs::remove_file(to);
        }
    }
}

/// Deletes Anna's account and restores the database of before.
async fn delete_and_restore(scene: &mut Scene) -> String {
    let data = scene.process.folder().join("data");
    let backup = tempfile::tempdir().unwrap();
    scene.process.kill();
    copy_database(&data, backup.path());
    scene.process.kill_and_restart().await;
    let erasure = scene.begin().await;
    assert_eq!(scene.ended(&erasure).await["state"], "complete");
    scene.process.kill();
    copy_database(backup.path(), &data);
    erasure
}

async fn assert_deleted_again(scene: &mut Scene, erasure: &str) {
    scene.process.kill_and_restart().await;
    let login = json!({"email": EMAIL, "password": PASSWORD});
    let nobody = scene.process.client();
    nobody
        .post("/api/auth/login")
        .json(&login)
        .send()
        .await
        .problem(401, "wrong_login");
    scene
        .anna
        .get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");
    // Under the erasure that was told in the first place.
    scene.admin = log_in(&scene.process, "root@example.org").await;
    let receipt = scene.ended(erasure).await;
    assert_eq!(receipt["user_id"], scene.anna_id.as_str(), "{receipt}");
    // What was deleted already is not there any more, and access was ended before.
    for storage in receipt["storages"].as_array().unwrap() {
        let documents = &storage["documents"];
        assert_eq!(
            (&documents["deleted"], &documents["waiting"]),
            (&json!(0), &json!(0)),
            "{receipt}"
        );
    }
}

#[tokio::test]
async fn deletions_outlive_a_restore() {
    let mut scene = Scene::start(|settings| settings).await;
    let erasure = delete_and_restore(&mut scene).await;
    let ledger = scene.process.folder().join("data/deletions.log");
    let text = fs::read_to_string(&ledger).unwrap();
    let id = erasure.rsplit('/').next().unwrap();
    assert_eq!(text, format!("{id}_{}\n", scene.anna_id));
    assert_deleted_again(&mut scene, &erasure).await;
    // It was told before, so that it is not told again.
    assert_eq!(fs::read_to_string(&ledger).unwrap(), text);
}

#[tokio::test]
async fn the_ledger_may_lie_in_a_bucket() {
    let bucket = S3Server::start().await;
    let mut scene = Scene::start(|settings| settings.house_in(&bucket)).await;
    let erasure = delete_and_restore(&mut scene).await;
    assert!(!scene.process.folder().join("data/deletions.log").exists());
    let kept = files(&bucket.bucket());
    let id = erasure.rsplit('/').next().unwrap();
    let entry = format!("deletions/{id}_{}", scene.anna_id);
    assert!(kept.iter().any(|path| path.ends_with(&entry)), "{kept:?}");
    let of_anna = |path: &&std::path::PathBuf| {
        path.components()
            .any(|part| part.as_os_str() == scene.anna_id.as_str())
    };
    assert_eq!(kept.iter().filter(of_anna).count(), 0, "{kept:?}");
    assert_deleted_again(&mut scene, &erasure).await;
}

// it does not start over and over again; it says what is wrong, and goes on when that is mended.
#[tokio::test]
async fn nobody_is_served_until_the_ledger_is_read() {
    let mut process = Process::start().await;
    let root = admin(&process).await;
    let anna = process.regular(EMAIL, PASSWORD).await;
    let id = id_of(&anna).await;
    let (data, backup) = (process.folder().join("data"), tempfile::tempdir().unwrap());
    process.kill();
    copy_database(&data, backup.path());
    process.kill_and_restart().await;
    delete(&root, &id).await.expect(202);
    process.kill();
    copy_database(backup.path(), &data);
    let ledger = data.join("deletions.log");
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, format!("{text}somebody else's line\n")).unwrap();
    process.restart_unready();

    let nobody = process.client();
    let answers = async |status: u16| {
        let answer = nobody.get("/readyz").try_stream().await;
        answer.is_ok_and(|answer| answer.status() == status)
    };
    patience::until("the server answers", async || answers(503).await).await;
    nobody.get("/healthz").send().await.expect(200);
    let login = json!({"email": EMAIL, "password": PASSWORD});
    let refused = nobody.post("/api/auth/login").json(&login).send().await;
    refused.problem(503, "not_ready");
    anna.get("/api/users/me")
        .send()
        .await
        .problem(503, "not_ready");
    let log = process::log(process.folder());
    assert!(log.contains("holds what is no entry: line 2"), "{log}");

    fs::write(&ledger, text).unwrap();
    patience::until("the server is ready", async || answers(200).await).await;
    anna.get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");
}
