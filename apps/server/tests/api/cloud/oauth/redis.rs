//! Authorizations that wait in Redis, and a Redis that is not there.

use std::net::TcpListener;

use crate::support::consent::{ANNA, Consenting, GOOGLE, begin, grant, outcome, parameter};
use crate::support::environment;
use crate::support::redis::dump;

//
#[tokio::test]
async fn without_redis_nothing_is_begun_or_completed() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", closed.local_addr().unwrap());
    drop(closed);
    let scene = Consenting::with(|settings| settings.redis(&url)).await;
    let state = "A".repeat(43);
    let initiate = scene.anna.get("/api/cloud/oauth/initiate/google_drive");
    let back = format!("/api/cloud/oauth/callback/google_drive?state={state}&code=c");
    let complete = scene.anna.post("/api/cloud/oauth/complete");
    let complete = complete.json(&serde_json::json!({"confirmation": state}));
    for call in [initiate, scene.server.client().get(&back), complete] {
        let answer = call.send().await;
        assert_eq!(answer.header("retry-after"), Some("5"));
        answer.problem(503, "authorization_unavailable");
    }
    scene.anna.get("/readyz").send().await.expect(200);
}

// O-01, K-11
#[tokio::test]
async fn redis_knows_neither_state_nor_verifier_nor_code() {
    let redis = environment::redis_url();
    let scene = Consenting::with(|settings| settings.redis(&redis)).await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let waiting = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, ANNA).await;
    let location = scene.come_back(&back, None).await;
    assert_eq!(outcome(&location), "confirm");

    let dump = dump(&redis, "wharf:once:*").await;
    assert!(contains(&dump, "wharf:once:oauth.state:"));
    assert!(contains(&dump, "wharf:once:oauth.parked:"));
    let challenge = parameter(&waiting.url, "code_challenge").unwrap();
    for secret in [
        begun.state(),
        waiting.state(),
        challenge,
        parameter(&back, "code").unwrap(),
        parameter(&location, "confirmation").unwrap(),
        waiting.cookie.split_once('=').unwrap().1.to_owned(),
        "/api/cloud/oauth/callback".to_owned(),
    ] {
        assert!(!contains(&dump, &secret), "{secret}");
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
