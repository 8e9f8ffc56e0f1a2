//! Ending a connection: the provider is told, at once or later (O-10).

use serde_json::Value;
use wharf_sandbox::{Fault, FaultRule};

use crate::support::consent::{
    ANNA, BEN, Consenting, GOOGLE, MICROSOFT, begin, begin_with, grant, outcome,
};
use crate::support::patience;
use crate::support::postgres::Database;
use crate::support::replicas::{TOKEN, slow};

async fn disconnect(scene: &Consenting, id: &str) -> Value {
    let path = format!("/api/cloud/connections/{id}");
    let receipt = scene.anna.delete(&path).send().await.expect(200).json();
    assert_eq!(receipt["credential"], "destroyed");
    scene.anna.get(&path).send().await.problem(404, "not_found");
    receipt["revocation"].clone()
}

// O-10
#[tokio::test]
async fn the_receipt_says_whether_the_provider_was_told() {
    let scene = Consenting::start().await;
    let google = scene.connect(GOOGLE, ANNA).await;
    assert_eq!(disconnect(&scene, &google).await["status"], "done");
    assert_eq!(scene.asked("POST", "/revoke"), 1);
    let microsoft = scene.connect(MICROSOFT, BEN).await;
    let revocation = disconnect(&scene, &microsoft).await;
    assert_eq!(revocation["status"], "unsupported");
    let advice = revocation["advice"].as_str().unwrap();
    assert!(advice.contains("https://account.live.com/consent/Manage"));
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_when_it_is_up_on_sqlite() {
    down_and_up(&Consenting::start().await).await;
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_when_it_is_up_on_postgresql() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    down_and_up(&scene).await;
    patience::until("the outbox is empty", async || {
        database.column("SELECT kind FROM outbox").await.is_empty()
    })
    .await;
}

// O-10
async fn down_and_up(scene: &Consenting) {
    let id = scene.connect(GOOGLE, BEN).await;
    let down = Fault::Answer {
        status: 503,
        error: None,
        retry_after: None,
        after_effect: false,
    };
    scene.sandbox.inject(FaultRule::on("POST /revoke", down));
    assert_eq!(disconnect(scene, &id).await["status"], "pending");
    assert_eq!(scene.live_grants(BEN), 1);
    patience::until("it is tried again", async || {
        scene.asked("POST", "/revoke") >= 2
    })
    .await;
    assert_eq!(scene.live_grants(BEN), 1);

    scene.sandbox.behave();
    patience::until("the grant is ended", async || scene.live_grants(BEN) == 0).await;
}

#[tokio::test]
async fn an_account_that_is_connected_again_keeps_its_grant() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    let id = scene.connect(GOOGLE, BEN).await;
    scene
        .sandbox
        .inject(FaultRule::on("POST /revoke", Fault::ResetBefore));
    assert_eq!(disconnect(&scene, &id).await["status"], "pending");
    assert_eq!(scene.connect(GOOGLE, BEN).await, id);

    scene.sandbox.behave();
    patience::until("the step is done", async || {
        database.column("SELECT kind FROM outbox").await.is_empty()
    })
    .await;
    assert!(scene.live_grants(BEN) > 0);
    let path = format!("/api/cloud/connections/{id}/check");
    scene.anna.post(&path).send().await.expect(200);
}

#[tokio::test]
async fn an_account_that_somebody_else_has_connected_keeps_its_grant() {
    let scene = Consenting::start().await;
    let annas = scene.connect(GOOGLE, BEN).await;
    let eve = scene.server.regular("eve@example.org").await;
    let scene = Consenting { anna: eve, ..scene };
    let eves = scene.connect(GOOGLE, BEN).await;
    assert_ne!(annas, eves);
    assert_eq!(disconnect(&scene, &eves).await["status"], "in_use");
    assert_eq!(scene.asked("POST", "/revoke"), 0);
}

//
#[tokio::test]
async fn a_connection_that_is_ended_is_not_revived_by_an_authorization_that_had_begun() {
    let scene = Consenting::start().await;
    let id = scene.connect(GOOGLE, BEN).await;
    let begun = begin_with(&scene.anna, GOOGLE, "connection_id", &id).await;
    assert_eq!(disconnect(&scene, &id).await["status"], "done");
    let back = grant(&begun, BEN).await;
    let location = scene.come_back(&back, Some(&begun.cookie)).await;
    assert_eq!(outcome(&location), "expired");
    assert!(scene.connections().await.is_empty());
    patience::until("the grant is ended", async || scene.live_grants(BEN) == 0).await;
}

// the grant was the connection's too, so its end is the end of both.
#[tokio::test]
async fn a_connection_that_is_ended_is_not_revived_by_a_code_that_was_just_redeemed() {
    let scene = Consenting::start().await;
    let id = scene.connect(MICROSOFT, BEN).await;
    let begun = begin(&scene.anna, MICROSOFT).await;
    let back = grant(&begun, BEN).await;
    scene.sandbox.inject(FaultRule::on(TOKEN, slow()).times(1));
    let asked = scene.asked("POST", "/token");
    let ending = async {
        patience::until("the code is redeemed", async || {
            scene.asked("POST", "/token") > asked
        })
        .await;
        disconnect(&scene, &id).await
    };
    let (location, _) = tokio::join!(scene.come_back(&back, Some(&begun.cookie)), ending);
    assert_eq!(outcome(&location), "expired");
    assert!(scene.connections().await.is_empty());
    // It can be connected again, and is the same.
    assert_eq!(scene.connect(MICROSOFT, BEN).await, id);
}
