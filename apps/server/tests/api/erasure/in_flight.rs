//! A deletion beats whatever is under way.

use std::time::Duration;

use serde_json::json;
use wharf_sandbox::{Fault, FaultRule, LoggedRequest};

use super::scene::{DOCUMENTS, NAME, Scene, consent, tally};
use crate::support::consent::{GOOGLE, MICROSOFT, begin, grant, outcome};
use crate::support::content::{self, bytes};
use crate::support::folder::files;
use crate::support::patience;
use crate::support::replicas::{TOKEN, slow};
use crate::support::storage::Witness;

const MEBIBYTE: usize = 1024 * 1024;

/// Uploads to every storage, whose senders send and send: they end, and leave nothing.
#[tokio::test]
async fn uploads_end_and_leave_nothing() {
    let scene = Scene::start(|settings| settings).await;
    let storages = scene.connections.iter().map(String::as_str);
    let mut uploads = Vec::new();
    for storage in storages.chain(["house"]) {
        let call = scene.anna.post("/api/documents").query("name", NAME);
        let call = call.query("storage", storage);
        // Google and OneDrive must know how much comes, and begin with the first part.
        let body = content::stalling(bytes(1, 6 * MEBIBYTE));
        let call = call.header("content-length", &(8 * MEBIBYTE).to_string());
        uploads.push(tokio::spawn(call.body("text/plain", body).try_stream()));
    }
    let documents = scene.process.folder().join("data/documents");
    let is_put = |it: &LoggedRequest| it.path.ends_with(".tmp") && it.status.is_none();
    patience::until("all have begun", async || {
        files(&documents).len() > DOCUMENTS
            && scene.sandbox.requests().iter().any(is_put)
            && scene.sandbox.open_uploads().len() == 2
    })
    .await;
    let erasure = scene.begin().await;
    let receipt = scene.ended(&erasure).await;
    assert_eq!(receipt["state"], "complete", "{receipt}");
    for upload in uploads {
        if let Ok(Ok(answer)) = tokio::time::timeout(Duration::from_secs(20), upload)
            .await
            .unwrap()
        {
            assert_eq!(answer.status(), 400);
        }
    }
    patience::until("nothing is open", async || {
        scene.sandbox.open_uploads().is_empty() && files(&documents).is_empty()
    })
    .await;
    scene.assert_storages_are_clear().await;
}

/// A server that was killed in the middle of uploads has left parts of them, which no listing shows.
#[tokio::test]
async fn what_a_crash_has_left_of_uploads_goes_too() {
    let mut scene = Scene::start(|settings| settings).await;
    let documents = scene.process.folder().join("data/documents");
    let witness = Witness::of(&scene.sandbox.webdav());
    let mut uploads = Vec::new();
    for storage in [&scene.connections[3], "house"] {
        let call = scene.anna.post("/api/documents").query("name", NAME);
        let body = content::stalling(bytes(1, MEBIBYTE));
        let call = call.query("storage", storage).body("text/plain", body);
        uploads.push(tokio::spawn(call.try_stream()));
    }
    patience::until("both have begun", async || {
        let there = witness.paths_in("Wharf").await;
        files(&documents).len() > DOCUMENTS && there.iter().any(|path| path.ends_with(".tmp"))
    })
    .await;
    scene.process.kill_and_restart().await;
    let there = witness.paths_in("Wharf").await;
    assert!(there.iter().any(|path| path.ends_with(".tmp")), "{there:?}");
    assert!(files(&documents).len() > DOCUMENTS);
    let erasure = scene.begin().await;
    assert_eq!(scene.ended(&erasure).await["state"], "complete");
    assert_eq!(witness.paths_in("Wharf").await, [""; 0]);
    assert_eq!(files(&documents).len(), 0);
}

/// The token comes when the account is gone: the erasure has use for it, and nobody else.
#[tokio::test]
async fn a_refresh_that_ends_later_serves_the_erasure() {
    for provider in [GOOGLE, MICROSOFT] {
        let scene = Scene::start(move |settings| match provider {
            MICROSOFT => settings.with_strict_onedrive(),
            _ => settings,
        })
        .await;
        if provider == MICROSOFT {
            let reuse_ends_grant = true;
            scene.sandbox.inject(FaultRule::on(
                TOKEN,
                Fault::StrictRotation { reuse_ends_grant },
            ));
        }
        scene.sandbox.advance_clock(Duration::from_secs(7200));
        scene.sandbox.inject(FaultRule::on(TOKEN, slow()).times(1));
        let connection = &scene.connections[usize::from(provider == MICROSOFT)];
        let path = format!("/api/cloud/connections/{connection}/check");
        let call = tokio::spawn(scene.anna.post(&path).try_stream());
        let refreshes = || {
            scene
                .sandbox
                .requests()
                .into_iter()
                .filter(|it| it.grant_type.as_deref() == Some("refresh_token"))
                .count()
        };
        patience::until("a refresh is under way", async || refreshes() == 1).await;
        let erasure = scene.begin().await;
        let receipt = scene.ended(&erasure).await;
        assert_eq!(receipt["state"], "complete", "{provider}: {receipt}");
        assert_eq!(tally(&receipt, provider).0, [0, 3, 0, 0, 0], "{receipt}");
        let _ = call.await.unwrap();
        let live = scene.sandbox.live_tokens();
        let google = live
            .iter()
            .filter(|it| it.account == "anna@example.com" && it.has_grant);
        // Microsoft has no way to be told.
        assert_eq!(google.count(), 1, "{live:?}");
        scene.assert_storages_are_clear().await;
    }
}

/// Somebody is at the provider's page, comes back, and finds no account: the code is redeemed by nobody.
#[tokio::test]
async fn a_consent_that_comes_back_later_leads_to_nothing() {
    let scene = Scene::start(|settings| settings).await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, "ben@example.net").await;
    let erasure = scene.begin().await;
    let redeemed = redemptions(&scene);
    let call = scene.process.client().get(&back);
    let came = call.header("cookie", &begun.cookie).send().await;
    let came = came.expect(303);
    assert_eq!(outcome(came.header("location").unwrap()), "not_allowed");
    assert_eq!(redemptions(&scene), redeemed);
    assert_eq!(scene.ended(&erasure).await["state"], "complete");
}

/// How many codes were redeemed.
fn redemptions(scene: &Scene) -> usize {
    let requests = scene.sandbox.requests();
    let redeem = |it: &&LoggedRequest| it.grant_type.as_deref() == Some("authorization_code");
    requests.iter().filter(redeem).count()
}

/// The same in the middle of redeeming the code.
#[tokio::test]
async fn a_consent_that_is_being_redeemed_is_ended() {
    let scene = Scene::start(|settings| settings).await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, "ben@example.net").await;
    scene.sandbox.inject(FaultRule::on(TOKEN, slow()).times(1));
    let call = scene
        .process
        .client()
        .get(&back)
        .header("cookie", &begun.cookie);
    let coming = tokio::spawn(call.send());
    let is_redeemed = async || redemptions(&scene) == 3;
    patience::until("the code is being redeemed", is_redeemed).await;
    let erasure = scene.begin().await;
    let came = coming.await.unwrap().expect(303);
    assert_ne!(outcome(came.header("location").unwrap()), "connected");
    assert_eq!(scene.ended(&erasure).await["state"], "complete");
    let no_grant = async || {
        let live = scene.sandbox.live_tokens();
        !live
            .iter()
            .any(|it| it.account == "ben@example.net" && it.has_grant)
    };
    patience::until("the grant is ended", no_grant).await;
}

/// Somebody else's connection to the same account goes on.
#[tokio::test]
async fn what_somebody_else_stands_on_is_left_in_force() {
    let scene = Scene::start(|settings| settings).await;
    let ben = scene
        .process
        .regular("ben@example.org", crate::support::server::PASSWORD)
        .await;
    let connection = consent(&ben, GOOGLE).await;
    let erasure = scene.begin().await;
    let receipt = scene.ended(&erasure).await;
    assert_eq!(tally(&receipt, GOOGLE), ([0, 3, 0, 0, 0], json!("in_use")));
    assert_eq!(receipt["state"], "complete");
    let path = format!("/api/cloud/connections/{connection}/check");
    let checked = ben.post(&path).send().await.expect(200).json();
    assert_eq!(checked["connection"]["status"], "ACTIVE", "{checked}");
}
