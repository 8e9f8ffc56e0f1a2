//! Whoever begins and whoever's browser comes back are one person, or nothing comes of it (O-03).

use serde_json::json;

use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::consent::{
    ANNA, BEN, Consenting, GOOGLE, MICROSOFT, begin, grant, outcome, parameter,
};

async fn complete(who: &Client, confirmation: &str) -> Answer {
    let call = who.post("/api/cloud/oauth/complete");
    call.json(&json!({"confirmation": confirmation}))
        .send()
        .await
}

// O-03
#[tokio::test]
async fn another_browser_only_brings_a_confirmation_that_the_beginner_redeems() {
    let scene = Consenting::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, ANNA).await;
    let location = scene.come_back(&back, None).await;
    assert_eq!(outcome(&location), "confirm");
    let confirmation = parameter(&location, "confirmation").unwrap();
    assert_eq!(scene.asked("POST", "/token"), 0, "a token request left");
    assert_eq!(scene.connections().await.len(), 0);

    // A stranger gets what anybody gets who makes one up, and does not use it up.
    let strangers = complete(&ben, &confirmation).await;
    let made_up = complete(&ben, &"A".repeat(43)).await;
    assert_eq!(strangers.masked(), made_up.masked());
    strangers.problem(400, "invalid_state");
    assert_eq!(scene.asked("POST", "/token"), 0, "a token request left");

    let connected = complete(&scene.anna, &confirmation).await.expect(201);
    let connection = connected.json();
    assert_eq!(connection["provider"], GOOGLE);
    let path = format!(
        "/api/cloud/connections/{}",
        connection["id"].as_str().unwrap()
    );
    assert_eq!(connected.header("location"), Some(path.as_str()));
    let again = complete(&scene.anna, &confirmation).await;
    again.problem(400, "invalid_state");
}

// O-03: Anna sends her link to Ben, who consents; his storage must not become hers.
#[tokio::test]
async fn a_link_that_was_sent_to_somebody_else_files_nothing_under_its_sender() {
    let scene = Consenting::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    for provider in [GOOGLE, MICROSOFT] {
        // Ben's browser may be in the middle of something of his own.
        let bens = begin(&ben, provider).await;
        for cookie in [None, Some(bens.cookie.as_str())] {
            let annas = begin(&scene.anna, provider).await;
            let back = grant(&annas, BEN).await;
            let asked = scene.asked("POST", "/token");
            let location = scene.come_back(&back, cookie).await;
            assert_eq!(outcome(&location), "confirm");

            // What Anna knows is the state; what Ben's application knows is the confirmation.
            let known = complete(&scene.anna, &annas.state()).await;
            known.problem(400, "invalid_state");
            let confirmation = parameter(&location, "confirmation").unwrap();
            let confirmed = complete(&ben, &confirmation).await;
            confirmed.problem(400, "invalid_state");
            assert_eq!(scene.asked("POST", "/token"), asked, "a token request left");
        }
    }
    assert_eq!(scene.connections().await.len(), 0);
}

// O-03: the other direction: Ben plants an answer of his own in Anna's browser.
#[tokio::test]
async fn a_planted_answer_connects_nothing_to_whoever_opens_it() {
    let scene = Consenting::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let annas = begin(&scene.anna, GOOGLE).await;
    let bens = begin(&ben, GOOGLE).await;
    let planted = grant(&bens, BEN).await;
    let location = scene.come_back(&planted, Some(&annas.cookie)).await;
    assert_eq!(outcome(&location), "confirm");
    let confirmation = parameter(&location, "confirmation").unwrap();
    let confirmed = complete(&scene.anna, &confirmation).await;
    confirmed.problem(400, "invalid_state");
    assert_eq!(scene.asked("POST", "/token"), 0, "a token request left");
}

#[tokio::test]
async fn the_cookie_holds_nothing_that_is_kept() {
    let scene = Consenting::start().await;
    let begun = begin(&scene.anna, GOOGLE).await;
    assert!(!begun.url.contains(begun.cookie.split_once('=').unwrap().1));
}
