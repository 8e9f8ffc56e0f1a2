//! Servers on machines of their own, each with its own copy of the key file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;
use wharf_sandbox::Sandbox;

use super::{accepted, list, refused};
use crate::support::patience;
use crate::support::postgres::Database;
use crate::support::process::Process;
use crate::support::scene::connect;
use crate::support::server::PASSWORD;
use crate::support::storage::account;

/// Puts a key file in another's place, as an operator would.
fn copy(from: &Path, to: &Path) {
    let aside = to.with_extension("new");
    fs::copy(from, &aside).unwrap();
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(aside, to).unwrap();
}

// K-06: a key is promoted once every server that lives has it.
#[tokio::test]
async fn a_server_with_a_copy_of_its_own_is_waited_for() {
    let database = Database::fresh().await;
    let first = Process::with(|settings| settings.database(&database.url)).await;
    let elsewhere = TempDir::with_prefix("wharf-keys-").unwrap();
    let copied = elsewhere.path().join("keyring.json");
    copy(&first.keyring(), &copied);
    let second = Process::with(|settings| settings.database(&database.url).keyring(&copied)).await;
    let anna = first.regular("anna@example.org", PASSWORD).await;
    let there = second.client();
    let there = there.with_token(&there.login("anna@example.org", PASSWORD).await);
    let sandbox = Sandbox::start();
    let connection = connect(&anna, &account(&sandbox.webdav())).await;
    let check = format!("/api/cloud/connections/{connection}/check");
    let old = list(&first).remove(0)[0].clone();

    let waited = refused(&first, &["rotate", "--wait-secs", "2"]);
    assert!(waited.contains("waited in vain for the server"), "{waited}");
    let keys = list(&first);
    let states: Vec<_> = keys.iter().map(|key| key[1].as_str()).collect();
    assert_eq!(states, ["primary", "added"], "{keys:?}");
    there.post(&check).send().await.expect(200);

    // It has the key now and goes on with the old one as its primary, until it is told otherwise.
    copy(&first.keyring(), &copied);
    let waited = refused(&first, &["rotate", "--wait-secs", "3"]);
    assert!(waited.contains("waited in vain"), "{waited}");
    there.post(&check).send().await.expect(200);
    copy(&first.keyring(), &copied);
    let finished = accepted(&first, &["rotate"]);
    assert!(
        finished.contains("an earlier rotation is finished"),
        "{finished}"
    );
    there.post(&check).send().await.expect(200);
    anna.post(&check).send().await.expect(200);

    accepted(&first, &["retire", &old]);
    // The other one is told by its own copy.
    copy(&first.keyring(), &copied);
    patience::until("its log says so", async || {
        let log = crate::support::process::log(second.folder());
        log.matches("the keys were read again").count() >= 3
    })
    .await;
    there.post(&check).send().await.expect(200);
}
