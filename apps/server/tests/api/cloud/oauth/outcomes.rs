//! What else can come of an authorization: one clear outcome each, and no half connection.

use serde_json::json;
use wharf_sandbox::{Fault, FaultRule};

use crate::support::consent::{
    ANNA, BEN, Begun, Consenting, GOOGLE, MICROSOFT, begin, begin_with, deny, grant, grant_nothing,
    outcome, parameter,
};
use crate::support::postgres::Database;

async fn come_of(scene: &Consenting, begun: &Begun, back: &str) -> String {
    outcome(&scene.come_back(back, Some(&begun.cookie)).await)
}

#[tokio::test]
async fn a_person_may_say_no() {
    let scene = Consenting::start().await;
    for provider in [GOOGLE, MICROSOFT] {
        let begun = begin(&scene.anna, provider).await;
        let back = deny(&begun).await;
        assert_eq!(come_of(&scene, &begun, &back).await, "denied");
    }
    assert_eq!(scene.asked("POST", "/token"), 0);
    assert_eq!(scene.connections().await.len(), 0);
}

// O-11
#[tokio::test]
async fn a_provider_s_own_words_go_nowhere() {
    let scene = Consenting::start().await;
    for (error, expected) in [
        ("temporarily_unavailable", "unavailable"),
        ("invalid_scope", "misconfigured"),
        ("canary", "failed"),
    ] {
        let begun = begin(&scene.anna, GOOGLE).await;
        let query = format!(
            "state={}&error={error}&error_description=%3Cb%3Ecanary%0d%0a&error_uri=https%3A%2F%2Fcanary",
            begun.state()
        );
        let back = format!("/api/cloud/oauth/callback/google_drive?{query}");
        let answer = scene.bring(&back, Some(&begun.cookie)).await.expect(303);
        assert_eq!(outcome(answer.header("location").unwrap()), expected);
        assert!(!format!("{answer:?}").contains("canary"));
    }
}

// O-08
#[tokio::test]
async fn an_unticked_scope_connects_nothing_and_leaves_no_grant() {
    let scene = Consenting::start().await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant_nothing(&begun, BEN).await;
    assert_eq!(come_of(&scene, &begun, &back).await, "scope_insufficient");
    assert_eq!(scene.connections().await.len(), 0);
    assert_eq!(scene.asked("POST", "/revoke"), 1);
    assert_eq!(scene.live_grants(BEN), 0);
}

// O-08: ending the new grant would end the good one of the same account.
#[tokio::test]
async fn an_unticked_scope_leaves_a_live_connection_alone() {
    let scene = Consenting::start().await;
    let id = scene.connect(GOOGLE, BEN).await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant_nothing(&begun, BEN).await;
    assert_eq!(come_of(&scene, &begun, &back).await, "scope_insufficient");
    assert_eq!(scene.asked("POST", "/revoke"), 0);
    let path = format!("/api/cloud/connections/{id}/check");
    scene.anna.post(&path).send().await.expect(200);
}

#[tokio::test]
async fn authorising_again_keeps_the_id_and_refuses_another_account() {
    let scene = Consenting::start().await;
    let id = scene.connect(GOOGLE, ANNA).await;
    let again = begin_with(&scene.anna, GOOGLE, "connection_id", &id).await;
    let location = scene
        .come_back(&grant(&again, ANNA).await, Some(&again.cookie))
        .await;
    assert_eq!(parameter(&location, "connection_id"), Some(id.clone()));

    let other = begin_with(&scene.anna, GOOGLE, "connection_id", &id).await;
    let back = grant(&other, BEN).await;
    assert_eq!(come_of(&scene, &other, &back).await, "account_mismatch");
    assert_eq!(scene.connections().await.len(), 1);
    assert_eq!(scene.live_grants(BEN), 0, "the grant is ended");

    // Nobody else's, no other provider's, nothing that is none (E-01).
    let ben = scene.server.regular("ben@example.org").await;
    for (who, provider, id) in [
        (&ben, GOOGLE, id.as_str()),
        (&scene.anna, MICROSOFT, id.as_str()),
        (&scene.anna, GOOGLE, "01900000-0000-7000-8000-000000000000"),
        (&scene.anna, GOOGLE, "x"),
    ] {
        let initiate = who.get(&format!("/api/cloud/oauth/initiate/{provider}"));
        let answer = initiate.query("connection_id", id).send().await;
        answer.problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_account_that_was_promoted_or_deleted_meanwhile_connects_nothing() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    let eve = scene.server.regular("eve@example.org").await;
    let (annas, eves) = (begin(&scene.anna, GOOGLE).await, begin(&eve, GOOGLE).await);
    let (back, eves_back) = (grant(&annas, ANNA).await, grant(&eves, BEN).await);
    let changed = "WITH changed AS (UPDATE users SET role = 'admin' \
                   WHERE email = 'anna@example.org' RETURNING email) SELECT email FROM changed";
    assert_eq!(database.column(changed).await.len(), 1);
    let shredded = "WITH gone AS (DELETE FROM user_keys USING users WHERE user_id = id \
                    AND email = 'eve@example.org' RETURNING email) SELECT email FROM gone";
    assert_eq!(database.column(shredded).await.len(), 1);

    assert_eq!(come_of(&scene, &annas, &back).await, "not_allowed");
    assert_eq!(come_of(&scene, &eves, &eves_back).await, "not_allowed");
    assert_eq!(scene.asked("POST", "/token"), 0);
    let rows = database.column("SELECT provider FROM connections").await;
    assert_eq!(rows, [""; 0]);
}

#[tokio::test]
async fn an_account_that_is_promoted_while_the_code_is_redeemed_leaves_no_grant() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, BEN).await;
    scene
        .sandbox
        .inject(FaultRule::on("*/userinfo", Fault::Latency { ms: 2_000 }));
    let bringing = scene.bring(&back, Some(&begun.cookie));
    let promoting = async {
        crate::support::patience::until("the code is redeemed", async || {
            scene.asked("GET", "/userinfo") > 0
        })
        .await;
        let changed = "WITH changed AS (UPDATE users SET role = 'admin' RETURNING email) \
                       SELECT email FROM changed";
        assert_eq!(database.column(changed).await.len(), 1);
    };
    let (answer, ()) = futures_util::future::join(bringing, promoting).await;
    assert_eq!(outcome(answer.header("location").unwrap()), "not_allowed");
    assert_eq!(scene.live_grants(BEN), 0, "the grant is ended");
    let rows = database.column("SELECT provider FROM connections").await;
    assert_eq!(rows, [""; 0]);
}

#[tokio::test]
async fn a_provider_in_trouble_is_told_from_one_that_refuses() {
    let scene = Consenting::start().await;
    let fault = |status, error: Option<&str>| Fault::Answer {
        status,
        error: error.map(str::to_owned),
        retry_after: None,
        after_effect: false,
    };
    for (fault, expected) in [
        (fault(503, None), "unavailable"),
        (fault(429, None), "unavailable"),
        (fault(400, Some("invalid_grant")), "expired"),
        (fault(401, Some("invalid_client")), "misconfigured"),
        (Fault::ResetBefore, "unavailable"),
        (Fault::LostAnswer, "unavailable"),
        (Fault::Truncate, "unavailable"),
    ] {
        let begun = begin(&scene.anna, GOOGLE).await;
        let back = grant(&begun, BEN).await;
        let rule = FaultRule::on("POST /token", fault.clone()).times(1);
        scene.sandbox.inject(rule);
        assert_eq!(come_of(&scene, &begun, &back).await, expected, "{fault:?}");
        scene.sandbox.behave();
    }
    assert_eq!(scene.connections().await.len(), 0);
}

#[tokio::test]
async fn an_account_that_cannot_be_told_connects_nothing() {
    let scene = Consenting::start().await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, BEN).await;
    let rule = FaultRule::on("*/userinfo", Fault::ResetBefore).times(1);
    scene.sandbox.inject(rule);
    assert_eq!(come_of(&scene, &begun, &back).await, "unavailable");
    assert_eq!(scene.connections().await.len(), 0);
    // It is asked again whose grant it is, and the grant is ended.
    crate::support::patience::until("the grant is ended", async || scene.live_grants(BEN) == 0)
        .await;
}

// an access token ends long before the step that needs it is given up.
#[tokio::test]
async fn a_grant_is_ended_though_its_access_token_has_ended() {
    let scene = Consenting::start().await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, BEN).await;
    let over = Fault::Answer {
        status: 401,
        error: None,
        retry_after: None,
        after_effect: false,
    };
    let rule = FaultRule::on("*/userinfo", over).times(2);
    scene.sandbox.inject(rule);
    scene.bring(&back, Some(&begun.cookie)).await;
    assert_eq!(scene.connections().await.len(), 0);
    crate::support::patience::until("the grant is ended", async || scene.live_grants(BEN) == 0)
        .await;
    assert_eq!(scene.asked("GET", "/userinfo"), 3);
    assert_eq!(scene.asked("POST", "/token"), 2, "it was refreshed once");
}

#[tokio::test]
async fn a_grant_without_a_refresh_token_leaves_the_stored_one_in_force() {
    let scene = Consenting::start().await;
    let id = scene.connect(GOOGLE, BEN).await;
    // Google gives one at the first consent only, unless it is made to ask again.
    let without_prompt = |begun: Begun| Begun {
        url: begun.url.replace("prompt=consent", "prompt=none"),
        ..begun
    };
    let again = without_prompt(begin(&scene.anna, GOOGLE).await);
    let back = grant(&again, BEN).await;
    let location = scene.come_back(&back, Some(&again.cookie)).await;
    assert_eq!(parameter(&location, "connection_id"), Some(id));

    let eve = scene.server.regular("eve@example.org").await;
    let eves = without_prompt(begin(&eve, GOOGLE).await);
    let back = grant(&eves, BEN).await;
    assert_eq!(come_of(&scene, &eves, &back).await, "consent_incomplete");
    assert_eq!(scene.live_grants(BEN), 1, "Anna's connection stands on it");
}

#[tokio::test]
async fn the_limit_of_connections_holds() {
    let scene = Consenting::start().await;
    for number in 0..20 {
        let account = scene
            .sandbox
            .add_account(&format!("user{number}"), "password");
        let body = json!({"provider": "webdav", "server_url": account.url,
            "username": account.username, "password": account.password});
        let call = scene.anna.post("/api/cloud/connections/webdav");
        call.json(&body).send().await.expect(201);
    }
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, BEN).await;
    assert_eq!(come_of(&scene, &begun, &back).await, "too_many_connections");
    assert_eq!(scene.live_grants(BEN), 0, "the grant is ended");
}
