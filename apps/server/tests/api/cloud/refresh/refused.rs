//! A grant that its person took back, and the way back to it.

use wharf_sandbox::Provider;

use crate::support::consent::{ANNA, Consenting, GOOGLE, begin_with, grant, outcome, parameter};
use crate::support::postgres::Database;

#[tokio::test]
async fn a_grant_that_was_taken_back_can_be_given_again_on_sqlite() {
    taken_back_and_given(&Consenting::start().await).await;
}

#[tokio::test]
async fn a_grant_that_was_taken_back_can_be_given_again_on_postgresql() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    taken_back_and_given(&scene).await;
    let events = database.events("action", "cloud.%").await;
    let expected = [
        "cloud.connected",
        "cloud.requires_reauth",
        "cloud.reconnected",
    ];
    assert_eq!(events, expected);
}

//
async fn taken_back_and_given(scene: &Consenting) {
    let id = scene.connect(GOOGLE, ANNA).await;
    let path = format!("/api/cloud/connections/{id}");
    let check = async || {
        let answer = scene.anna.post(&format!("{path}/check")).send().await;
        answer.expect(200).json()
    };
    assert!(scene.sandbox.revoke(Provider::Google, ANNA));
    let checked = check().await;
    assert_eq!(checked["account"], serde_json::Value::Null);
    let connection = scene.anna.get(&path).send().await.expect(200).json();
    assert_eq!(connection["status"], "REQUIRES_REAUTH");
    assert_eq!(connection["status_reason"], "grant_refused");
    assert!(connection["status_since"].is_string(), "{connection}");

    // Nobody is asked again.
    let asked = scene.asked("POST", "/token");
    check().await;
    let folder = scene.anna.get("/api/cloud/folders/google_drive/root");
    folder.send().await.problem(409, "requires_reauth");
    assert_eq!(scene.asked("POST", "/token"), asked);

    let begun = begin_with(&scene.anna, GOOGLE, "connection_id", &id).await;
    let back = grant(&begun, ANNA).await;
    let location = scene.come_back(&back, Some(&begun.cookie)).await;
    assert_eq!(outcome(&location), "connected", "{location}");
    assert_eq!(parameter(&location, "connection_id"), Some(id.clone()));
    let connection = scene.anna.get(&path).send().await.expect(200).json();
    assert_eq!(connection["status"], "ACTIVE");
    assert_eq!(check().await["account"]["label"], ANNA);
}
