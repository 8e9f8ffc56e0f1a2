//! Whom and what figures must not name, and that each of them is described.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use wharf::meters::Meter;
use wharf_sandbox::Sandbox;
use wharf_server::meters;

use crate::support::figures::Figures;
use crate::support::process::Process;
use crate::support::scene::{connect, store, text, try_connect};
use crate::support::storage::account;

// G-03, L-03: ids, names, addresses, passwords and tokens.
#[tokio::test]
async fn figures_name_nobody() {
    let process = Process::start().await;
    let sandbox = Sandbox::start();
    let email = "canary-person@example.org";
    let anna = process.regular(email, "canary password").await;
    let access = sandbox.add_account("canary-account", "canary-secret");
    let connection = connect(&anna, &account(&access)).await;
    let document = store(&anna, "canary-file.txt", &connection, b"canary").await;
    let base = format!("/api/cloud/connections/{connection}");
    anna.post(&format!("{base}/folders"))
        .json(&json!({"parent_id": "root", "name": "canary-folder"}))
        .send()
        .await;
    anna.get(&format!("{base}/folders/root"))
        .send()
        .await
        .expect(200);
    anna.get("/canary/path?canary=query")
        .send()
        .await
        .expect(404);
    anna.get("/api/documents/canary-id")
        .send()
        .await
        .expect(404);
    anna.get("/api/cloud/folders/canary-provider/root")
        .send()
        .await;
    anna.call("CANARY", "/api/users/me")
        .send()
        .await
        .expect(405);
    let inward = json!({
        "provider": "webdav",
        "server_url": "https://canary.internal/",
        "username": "canary-user",
        "password": "canary-secret",
    });
    try_connect(&anna, &inward).await;

    let figures = Figures::of(&anna).await.text.to_lowercase();
    for named in [
        "canary",
        "127.0.0.1",
        &connection,
        &text(&document["id"]),
        anna.token(),
    ] {
        assert!(
            !figures.contains(&named.to_lowercase()),
            "{named}: {figures}"
        );
    }
}

//
#[tokio::test]
async fn every_figure_is_described_with_its_type_and_labels() {
    let process = Process::start().await;
    let sandbox = Sandbox::start();
    let anna = process.regular("anna@example.org", "a good password").await;
    let connection = connect(&anna, &account(&sandbox.webdav())).await;
    store(&anna, "notes.txt", &connection, b"notes").await;
    let folder = format!("/api/cloud/connections/{connection}/folders/root");
    anna.get(&folder).send().await.expect(200);

    let figures = Figures::of(&anna).await;
    let tables = [meters::TABLE, wharf::meters::TABLE];
    let described = tables.into_iter().flatten();
    let described: BTreeMap<&str, &Meter> = described.map(|it| (it.name, it)).collect();
    let mut seen = BTreeSet::new();
    for line in figures.text.lines() {
        let Some(line) = line.strip_prefix("# TYPE ") else {
            continue;
        };
        let (name, kind) = line.split_once(' ').unwrap();
        let meter = described.get(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(kind, meter.kind.as_str(), "{name}");
        assert!(seen.insert(name), "{name} is there twice");
    }
    assert!(seen.len() > 15, "{seen:?}");
    for series in figures.series() {
        let name = series.name;
        let mut suffixes = ["_bucket", "_count", "_sum"].iter();
        let family = suffixes.find_map(|suffix| name.strip_suffix(suffix));
        let family = family.filter(|family| described.contains_key(family));
        let meter = described[family.unwrap_or(name)];
        let mut labels: BTreeSet<_> = meter.labels.iter().map(|label| label.name).collect();
        if name.ends_with("_bucket") {
            labels.insert("le");
        }
        assert_eq!(
            series.labels.keys().copied().collect::<BTreeSet<_>>(),
            labels
        );
    }
}
