//! `wharf audit …`, beside a running server and far away from it (L-06).

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::admin_of;
use crate::support::patience;
use crate::support::process::{Process, run};

/// The copied checkpoints, in the process's folder.
const COPIES: &str = "checkpoints.jsonl";

/// A server whose events all have their place, with a checkpoint that speaks of them.
async fn process() -> Process {
    let copies = format!("[audit]\ncheckpoint_file = \"{COPIES}\"\n");
    let process = Process::with(|settings| settings.table(&copies)).await;
    let admin = admin_of(&process, "root@example.org").await;
    for name in ["anna", "ben"] {
        process
            .regular(&format!("{name}@example.org"), "a good password")
            .await;
    }
    drop(admin);
    patience::until("every event has its place", async || {
        let verdict = checked(&process.command(&["audit", "verify", "--json"], ""));
        verdict["waiting"] == 0
    })
    .await;
    process
}

fn checked(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

#[track_caller]
fn accepted(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn unsound(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said, "error: the audit trail is not sound\n");
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(printed.ends_with("NOT SOUND\n"), "{printed}");
    printed
}

/// Checks a file in a folder where there is nothing else: no settings, no database.
fn offline(folder: &Path, more: &[&str]) -> Output {
    let check = ["audit", "verify", "--export", "export", "--key", "keys"];
    run(folder, &[&check, more].concat(), "")
}

#[tokio::test]
async fn the_trail_is_checked_and_exported_beside_the_server() {
    let process = process().await;
    let printed = accepted(&process.command(&["audit", "verify"], ""));
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines[0], "events 6");
    assert!(lines.contains(&"waiting 0"), "{printed}");
    assert_eq!(lines.last(), Some(&"sound"));

    let export = accepted(&process.command(&["audit", "export"], ""));
    let objects: Vec<Value> = export
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(objects[0]["kind"], "export");
    assert_eq!(objects[1]["action"], "user.created");
    let end = objects.last().unwrap();
    assert_eq!((&end["kind"], &end["links"]), (&"end".into(), &6.into()));
    // L-08: what is a user's stays sealed, and it is nowhere else.
    assert!(!export.contains("127.0.0.0/24"), "{export}");

    let keys = accepted(&process.command(&["audit", "keys"], ""));
    assert!(
        keys.starts_with("ed25519:") && keys.lines().count() == 1,
        "{keys}"
    );
}

#[tokio::test]
async fn an_export_is_checked_with_the_public_key_alone() {
    let process = process().await;
    let folder = tempfile::tempdir().unwrap();
    let (export, keys) = (folder.path().join("export"), folder.path().join("keys"));
    let text = accepted(&process.command(&["audit", "export"], ""));
    fs::write(&export, &text).unwrap();
    fs::write(&keys, accepted(&process.command(&["audit", "keys"], ""))).unwrap();

    let sound = checked(&offline(folder.path(), &["--json"]));
    assert_eq!(
        (&sound["sound"], &sound["events"]),
        (&true.into(), &6.into())
    );
    assert!(sound["signed_until"].as_u64() >= Some(1), "{sound}");

    let lines: Vec<_> = text.lines().collect();
    let (third, at) = (1..)
        .zip(&lines)
        .map(|(number, line)| (line, number))
        .find(|(line, _)| line.contains("\"position\":3,\"id\""))
        .unwrap();
    let edited = third.replace("\"outcome\":\"done\"", "\"outcome\":\"refused\"");
    assert_ne!(&edited, third);
    fs::write(&export, text.replace(third, &edited)).unwrap();
    let printed = unsound(&offline(folder.path(), &[]));
    assert!(printed.contains("fault broken 3 3\n"), "{printed}");

    fs::write(&export, text.replace(&format!("{third}\n"), "")).unwrap();
    let printed = unsound(&offline(folder.path(), &[]));
    assert!(printed.contains("fault missing 3 3\n"), "{printed}");

    let spaced = third.replacen(':', ": ", 1);
    fs::write(&export, text.replace(third, &spaced)).unwrap();
    let printed = unsound(&offline(folder.path(), &[]));
    let line = format!("unreadable line {at}: ");
    assert!(printed.contains(&line), "{printed}");

    let cut: Vec<_> = lines[..lines.len() - 1].to_vec();
    fs::write(&export, cut.join("\n") + "\n").unwrap();
    let printed = unsound(&offline(folder.path(), &[]));
    assert!(
        printed.contains("unreadable it was cut short\n"),
        "{printed}"
    );

    // Somebody else's keys.
    let stranger = Process::start().await;
    fs::write(&export, &text).unwrap();
    fs::write(&keys, accepted(&stranger.command(&["audit", "keys"], ""))).unwrap();
    let printed = unsound(&offline(folder.path(), &[]));
    assert!(printed.contains("fault unknown_key "), "{printed}");
    fs::write(&keys, "no key\n").unwrap();
    let refused = offline(folder.path(), &[]);
    assert!(!refused.status.success() && refused.stdout.is_empty());
}

// L-06: an export that somebody wrote anew from half of the trail is found by what was kept elsewhere.
#[tokio::test]
async fn a_shorter_trail_is_found_by_a_copied_checkpoint() {
    let process = process().await;
    let folder = tempfile::tempdir().unwrap();
    let text = accepted(&process.command(&["audit", "export"], ""));
    let nothing =
        "{\"kind\":\"export\",\"version\":1}\n{\"kind\":\"end\",\"links\":0,\"checkpoints\":0}\n";
    fs::write(
        folder.path().join("keys"),
        accepted(&process.command(&["audit", "keys"], "")),
    )
    .unwrap();
    let copies = process.folder().join(COPIES);
    let copies = copies.to_str().unwrap();

    fs::write(folder.path().join("export"), &text).unwrap();
    accepted(&offline(folder.path(), &["--checkpoints", copies]));
    fs::write(folder.path().join("export"), nothing).unwrap();
    accepted(&offline(folder.path(), &[]));
    let printed = unsound(&offline(folder.path(), &["--checkpoints", copies]));
    assert!(printed.contains("fault cut 1 "), "{printed}");
}
