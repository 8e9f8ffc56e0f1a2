//! `wharf user delete`.

use super::scene::{EMAIL, Scene, report};
use crate::support::process::{Process, create_user};
use crate::support::server::PASSWORD;

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn the_operator_deletes_and_waits_for_the_receipt() {
    let mut scene = Scene::start(|settings| settings).await;
    // The command does it all by itself.
    scene.process.kill();
    let deleted = scene
        .process
        .command(&["user", "delete", EMAIL, "--wait"], "");
    let (out, err) = (text(&deleted.stdout), text(&deleted.stderr));
    assert!(deleted.status.success(), "{out}{err}");
    let lines: Vec<_> = out.lines().collect();
    assert!(
        lines[0].starts_with("deleted canary-anna@example.org; erasure 0"),
        "{out}"
    );
    assert_eq!(lines[1], "house: 3 deleted, 0 in the bin, 0 gone already");
    for line in [
        "google_drive: 0 deleted, 3 in the bin, 0 gone already; access revoked",
        "onedrive: 0 deleted, 3 in the bin, 0 gone already; access unsupported",
        "nextcloud: 0 deleted, 3 in the bin, 0 gone already; access revoked",
        "webdav: 3 deleted, 0 in the bin, 0 gone already; access unsupported",
    ] {
        assert!(lines.contains(&line), "{line} in {out}");
    }
    scene.process.kill_and_restart().await;
    scene.assert_storages_are_clear().await;

    let again = scene.process.command(&["user", "delete", EMAIL], "");
    assert!(!again.status.success());
    assert!(
        text(&again.stderr).contains("there is no such thing"),
        "{again:?}"
    );
}

#[tokio::test]
async fn the_server_does_what_the_operator_does_not_wait_for() {
    let scene = Scene::start(|settings| settings).await;
    let deleted = scene
        .process
        .command(&["user", "delete", EMAIL, "--json"], "");
    assert!(deleted.status.success(), "{deleted:?}");
    let printed: serde_json::Value = serde_json::from_slice(&deleted.stdout).unwrap();
    assert_eq!(printed["user_id"], scene.anna_id.as_str());
    let erasure = format!("/api/admin/erasures/{}", printed["id"].as_str().unwrap());
    assert_eq!(scene.ended(&erasure).await["state"], "complete");
    assert_eq!(report(&scene.admin, &erasure).await["id"], printed["id"]);
}

//
#[tokio::test]
async fn the_last_admin_stays() {
    let process = Process::start().await;
    let made = process.command(&create_user("root@example.org", "admin"), PASSWORD);
    assert!(made.status.success(), "{made:?}");
    let refused = process.command(&["user", "delete", "root@example.org"], "");
    assert!(!refused.status.success());
    assert!(
        text(&refused.stderr).contains("it is the last admin"),
        "{refused:?}"
    );
    process.client().login("root@example.org", PASSWORD).await;
}
