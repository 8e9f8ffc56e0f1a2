//! `wharf user …`, beside a server that runs on the same data.

use std::time::Duration;

use serde_json::{Value, json};

use super::log_in;
use super::outside::{Issuer, key, token};
use crate::support::process::{Process, create_user};

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "correct horse battery staple";
const NEW: &str = "another good password";

/// What a command prints that succeeds.
#[track_caller]
fn accepted(process: &Process, arguments: &[&str], input: &str) -> String {
    let output = process.command(arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a command says that is refused.
#[track_caller]
fn refused(process: &Process, arguments: &[&str], input: &str) -> String {
    let output = process.command(arguments, input);
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn objects(lines: &str) -> Vec<Value> {
    let lines = lines.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

//
#[tokio::test]
async fn what_the_operator_changes_counts_at_the_running_server() {
    let process = Process::start().await;
    let anna = process.regular(EMAIL, PASSWORD).await;
    anna.get("/api/users/me").send().await.expect(200);

    let printed = accepted(&process, &["user", "disable", EMAIL], "");
    assert!(
        printed.contains(EMAIL) && printed.contains("disabled"),
        "{printed}"
    );
    let ended = async { while anna.get("/api/users/me").send().await.status == 200 {} };
    let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
    ended.expect("the session ends within five seconds");
    let off = log_in(&process.client(), EMAIL, PASSWORD).await;
    off.problem(403, "account_disabled");

    accepted(&process, &["user", "enable", EMAIL], "");
    log_in(&process.client(), EMAIL, PASSWORD).await.expect(200);
    let changed = accepted(
        &process,
        &["user", "set-password", EMAIL, "--password-stdin"],
        &format!("{NEW}\n"),
    );
    assert!(!changed.contains(NEW), "{changed}");
    log_in(&process.client(), EMAIL, PASSWORD)
        .await
        .problem(401, "wrong_login");
    log_in(&process.client(), EMAIL, NEW).await.expect(200);
}

#[tokio::test]
async fn accounts_and_sessions_are_printed_for_people_and_for_programs() {
    let process = Process::start().await;
    let made = [&create_user("root@example.org", "admin")[..], &["--json"]].concat();
    let root = objects(&accepted(&process, &made, PASSWORD));
    assert_eq!(root[0]["role"], "admin");
    process.regular(EMAIL, PASSWORD).await;

    let admins = ["user", "list", "--role", "admin", "--json"];
    assert_eq!(objects(&accepted(&process, &admins, "")), root);
    let table = accepted(&process, &["user", "list", "--email", "ANNA"], "");
    let lines: Vec<_> = table.lines().collect();
    assert!(
        lines[0].starts_with("id") && lines[1].ends_with(EMAIL),
        "{table}"
    );
    assert_eq!(lines.len(), 2);
    let shown = objects(&accepted(&process, &["user", "show", EMAIL, "--json"], ""));
    assert_eq!(shown[0]["email"], EMAIL);
    assert_eq!(shown[0]["disabled_at"], Value::Null);

    let sessions = ["user", "sessions", EMAIL, "--json"];
    let live = objects(&accepted(&process, &sessions, ""));
    let members: Vec<_> = live[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["ends_at", "id", "started_at"]);
    accepted(&process, &["user", "end-sessions", EMAIL], "");
    assert_eq!(accepted(&process, &sessions, ""), "");
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_the_reason() {
    let process = Process::start().await;
    accepted(
        &process,
        &create_user("root@example.org", "admin"),
        PASSWORD,
    );
    process.regular(EMAIL, PASSWORD).await;
    for (arguments, input, reason) in [
        (
            &["user", "set-role", "root@example.org", "regular"][..],
            "",
            "last admin",
        ),
        (&["user", "disable", "root@example.org"], "", "last admin"),
        (
            &["user", "set-role", EMAIL, "captain"],
            "",
            "choose regular or admin",
        ),
        (&["user", "show", "nobody@example.org"], "", "no such thing"),
        (&["user", "show", "no address"], "", "mail address"),
        (
            &["user", "set-password", EMAIL],
            PASSWORD,
            "--password-stdin",
        ),
        (
            &[
                "user",
                "create",
                "--email",
                "b@example.org",
                "--role",
                "regular",
                "--subject",
                "8f1c",
            ],
            "",
            "outside_issuer.url",
        ),
        (
            &["user", "set-password", EMAIL, "--password-stdin"],
            "shorty7",
            "8 to 1024 bytes",
        ),
    ] {
        let said = refused(&process, arguments, input);
        assert!(said.contains(reason), "{arguments:?}: {said}");
    }
    // The command line may demote whom it likes, as long as one is left.
    accepted(&process, &["user", "set-role", EMAIL, "admin"], "");
    accepted(
        &process,
        &["user", "set-role", "root@example.org", "regular"],
        "",
    );
}

#[tokio::test]
async fn the_account_of_an_issuer_s_person_is_made_beforehand() {
    let issuer = Issuer::new();
    let process = Process::with(|settings| settings.table(&issuer.table(""))).await;
    let made = [
        "user",
        "create",
        "--email",
        EMAIL,
        "--role",
        "regular",
        "--subject",
        "anna",
        "--json",
    ];
    let made = objects(&accepted(&process, &made, ""));
    assert_eq!(made[0]["subject"], "anna");
    let table = accepted(&process, &["user", "list"], "");
    assert!(table.contains("outside"), "{table}");
    let token = token("anna", &json!({})).signed_by(&key(1));
    let anna = process.client().with_token(&token);
    let me = anna.get("/api/users/me").send().await.expect(200).json();
    assert_eq!(me["id"], made[0]["id"]);
}
