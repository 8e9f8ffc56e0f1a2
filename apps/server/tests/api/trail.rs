//! What is written down: the events, and where secrets and names must not be (K-11, L-01, L-03).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use wharf_sandbox::Sandbox;

use crate::support::client::Client;
use crate::support::postgres::Database;
use crate::support::process::{self, Process};
use crate::support::scene::{choose_storage, connect, document_path, store, try_connect};
use crate::support::server::Server;
use crate::support::storage::account;

// Texts that appear nowhere by chance.
const EMAIL: &str = "canary-mail@example.org";
const PASSWORD: &str = "canary-password-of-the-account";
const STORAGE_USER: &str = "canary-storage-user";
const STORAGE_PASSWORD: &str = "canary-password-of-the-storage";
const WRONG_PASSWORD: &str = "canary-password-that-is-wrong";
const FILE_NAME: &str = "canary-file-name.txt";
const DISPLAY_NAME: &str = "canary-display-name";
const CONTENT: &str = "canary-content";

/// Leads a person through everything there is, mishaps included. `sandbox` has the account. Gives the
/// refresh tokens of a session: used up, and in force.
async fn a_busy_day(anna: &Client, nobody: &Client, sandbox: &Sandbox) -> [String; 3] {
    let mut entered = account(&sandbox.add_account(STORAGE_USER, STORAGE_PASSWORD));
    entered["display_name"] = json!(DISPLAY_NAME);
    let connection = connect(anna, &entered).await;
    choose_storage(anna, &connection).await.expect(200);
    let document = store(anna, FILE_NAME, &connection, CONTENT.as_bytes()).await;
    let content = format!("{}/content", document_path(&document));
    anna.get(&content).send().await.expect(200);
    anna.get("/api/cloud/folders/webdav/root")
        .send()
        .await
        .expect(200);

    let wrong = json!({"email": EMAIL, "password": WRONG_PASSWORD});
    nobody
        .post("/api/auth/login")
        .json(&wrong)
        .send()
        .await
        .expect(401);
    let mut mistyped = entered.clone();
    mistyped["password"] = json!(WRONG_PASSWORD);
    try_connect(anna, &mistyped).await.expect(422);
    mistyped["server_url"] = json!(format!("https://{STORAGE_USER}.example.org:22/{FILE_NAME}"));
    try_connect(anna, &mistyped).await.expect(422);

    let path = format!("/api/cloud/connections/{connection}");
    anna.delete(&path).send().await.expect(200);
    try_connect(anna, &entered).await.expect(200);
    anna.delete(&document_path(&document))
        .send()
        .await
        .expect(200);
    sandbox.add_account(STORAGE_USER, "another password");
    let call = anna
        .get("/api/cloud/folders/webdav/root")
        .query("fresh", "true");
    call.send().await.expect(409);

    let ended = nobody.begin_session(EMAIL, PASSWORD).await.refresh_token;
    nobody.refresh(&ended).await.expect(200);
    nobody.refresh(&ended).await.expect(401);
    let login = nobody.post("/api/auth/login").query("cookie", "true");
    let login = login.json(&json!({"email": EMAIL, "password": PASSWORD}));
    let replaced = login.send().await.expect(200).cookie();
    let refresh = nobody.post("/api/auth/refresh").header("Cookie", &replaced);
    let current = refresh.send().await.expect(200).cookie();
    let token = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
    [ended, token(&replaced), token(&current)]
}

// L-01, L-03
#[tokio::test]
async fn the_events_of_a_busy_day() {
    let database = Database::fresh().await;
    let server = Server::on(&database).await;
    let anna = server
        .user(EMAIL, wharf::domain::user::Role::Regular, PASSWORD)
        .await;
    a_busy_day(&anna, &server.client(), &Sandbox::start()).await;

    let line = "concat_ws(' ', actor_kind, action, outcome, resource_kind, \
                replace(metadata::text, ' ', ''))";
    let expected = [
        r#"operator user.created done user {"role":"regular"}"#,
        r#"user session.started done user {}"#,
        r#"user cloud.connected done connection {"provider":"webdav"}"#,
        r#"user storage.default_changed done user {}"#,
        r#"user document.stored done document {"size_bytes":14}"#,
        r#"anonymous session.refused refused user {}"#,
        r#"user egress.blocked refused {"rule":"port"}"#,
        r#"user cloud.disconnected done connection {"provider":"webdav"}"#,
        r#"user cloud.reconnected done connection {"provider":"webdav"}"#,
        r#"user document.deleted done document {}"#,
        r#"user cloud.requires_reauth done connection {"provider":"webdav"}"#,
        r#"user session.started done user {}"#,
        r#"anonymous session.refused refused user {}"#,
        r#"user session.started done user {}"#,
    ];
    assert_eq!(database.events(line, "%").await, expected);

    let rows = "SELECT audit_events::text FROM audit_events
                UNION ALL SELECT audit_trail::text FROM audit_trail";
    let rows = database.column(rows).await.join("\n");
    for canary in ["canary", "127.0.0.1", "/dav/"] {
        assert!(!rows.contains(canary), "{canary} in {rows}");
    }
    // L-02, L-08: the client is known by its network only, and soon not even by that.
    let kept = "CASE WHEN client_sealed IS NULL THEN client_network ELSE 'sealed' END";
    for client in database
        .events(&format!("coalesce({kept}, 'none')"), "%")
        .await
    {
        let known = ["127.0.0.0/24", "sealed", "none"].contains(&&*client);
        assert!(known, "{client}");
    }
    // The events of one request share its id, and no two requests do.
    let requests: BTreeSet<_> = database
        .events("request_id", "%")
        .await
        .into_iter()
        .collect();
    assert_eq!(requests.len(), expected.len());
}

// K-11, L-03, G-01: the same day on SQLite, with the log as talkative as it gets.
#[tokio::test]
async fn no_secret_is_written_anywhere() {
    let sandbox = Sandbox::start();
    let mut process = Process::start().await;
    let anna = process.regular(EMAIL, PASSWORD).await;
    let refresh_tokens = a_busy_day(&anna, &process.client(), &sandbox).await;
    // Something that stays.
    store(&anna, FILE_NAME, "house", b"").await;

    let here = process.folder().to_owned();
    let while_running = haystack(&here);
    assert!(process.terminate().success());
    let log = process::log(&here);
    for (when, haystack) in [
        ("while it ran", while_running),
        ("afterwards", haystack(&here)),
    ] {
        for secret in [
            PASSWORD,
            STORAGE_PASSWORD,
            WRONG_PASSWORD,
            CONTENT,
            anna.token(),
        ] {
            assert!(!holds(&haystack, secret), "{secret} is on the disk {when}");
        }
        for token in &refresh_tokens {
            assert!(!holds(&haystack, token), "{token} is on the disk {when}");
            // What a token is made of: its id is there, its random parts are not.
            let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
            for part in [&bytes[16..32], &bytes[32..]] {
                assert!(
                    !contains(&haystack, part),
                    "a part of {token} is on the disk {when}"
                );
            }
        }
        let [.., current] = &refresh_tokens;
        let id = &URL_SAFE_NO_PAD.decode(current).unwrap()[..16];
        assert!(
            contains(&haystack, id),
            "the session should be there {when}"
        );
        // The search finds what is there.
        for name in [EMAIL, FILE_NAME, DISPLAY_NAME] {
            assert!(holds(&haystack, name), "{name} should be in the database");
        }
    }
    assert!(log.contains("request"), "there is a log: {log}");
    for canary in ["canary", "/dav/"] {
        let line = log.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary} is in the log");
    }
}

/// The bytes of every file in a folder.
fn haystack(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(haystack(&path));
        } else {
            bytes.extend(fs::read(path).unwrap());
        }
    }
    bytes
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    contains(haystack, needle.as_bytes())
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
