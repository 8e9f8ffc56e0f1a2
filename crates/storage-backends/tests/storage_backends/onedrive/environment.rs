//! The environment's proxies take no part, although `graph-rs-sdk` has a client of its own that would ask them
//! (S-15).

use std::process::Command;

use wharf_domain::item::ItemId;

use super::{BEN, Drive, pattern, upload};
use crate::scripted::{Scripted, answer};

const WORKED_WITH: &str = "onedrive::environment::a_drive_is_worked_with";
const PROXY_VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

#[tokio::test]
async fn a_drive_is_worked_with() {
    let drive = Drive::of(BEN).await;
    drive.storage.probe().await.unwrap();
    assert!(!drive.items(&ItemId::root()).await.is_empty());
    let bytes = pattern(1_000_000);
    let stored = drive
        .store(&ItemId::root(), "file", upload(&bytes, true))
        .await;
    let stored = stored.unwrap().item;
    assert!(drive.read(&stored.id).await == bytes);
    drive.storage.delete(&stored.id).await.unwrap();
}

// S-15: the test above, in a process whose environment names a trap as its proxy.
#[test]
fn proxies_of_the_environment_see_nothing() {
    let trap = Scripted::start_open(|_| answer(502, "", ""));
    let trap_url = trap.url();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", WORKED_WITH])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    child.envs(PROXY_VARIABLES.map(|variable| (variable, &trap_url)));

    let output = child.output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}");
    assert!(report.contains("1 passed"), "the one test ran: {report}");
    assert!(trap.requests().is_empty());
}
