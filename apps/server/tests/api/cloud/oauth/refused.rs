//! Answers that belong to no authorization: one and the same refusal (O-02).

use crate::support::consent::{ANNA, Consenting, GOOGLE, MICROSOFT, begin, grant, parameter};

const BACK: &str = "/api/cloud/oauth/callback/google_drive";

// O-02
#[tokio::test]
async fn whatever_is_wrong_with_an_answer_is_one_refusal() {
    let scene = Consenting::start().await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let (state, cookie) = (begun.state(), Some(begun.cookie.as_str()));
    let used = grant(&begun, ANNA).await;
    let unknown = "A".repeat(43);
    let long = "c".repeat(5000);
    let tampered = format!(
        "{}{}",
        &state[..42],
        if state.ends_with('A') { 'E' } else { 'A' }
    );
    let queries = [
        String::new(),
        "state=&code=c".to_owned(),
        "code=c".to_owned(),
        format!("state={state}"),
        format!("state={state}&code="),
        format!("state={state}&state={state}&code=c"),
        format!("state={state}&code=c&code=d"),
        format!("state={state}&code=c&error=access_denied"),
        format!("state={state}&code=c&iss=a&iss=b"),
        format!("state={state}&code={long}"),
        format!("state={long}&code=c"),
        format!("state={state}x&code=c"),
        format!("state={tampered}&code=c"),
        format!("state={unknown}&code=c"),
        "state=%00&code=c".to_owned(),
        "state=%ff&code=c".to_owned(),
    ];
    let expected = scene.bring(BACK, cookie).await.masked();
    for query in &queries {
        let answer = scene.bring(&format!("{BACK}?{query}"), cookie).await;
        assert_eq!(answer.masked(), expected, "{query}");
        answer.problem(400, "invalid_state");
    }
    // None of them used the state up.
    scene.come_back(&used, cookie).await;
    let second = scene.bring(&used, cookie).await;
    assert_eq!(second.masked(), expected);
}

// O-05
#[tokio::test]
async fn an_answer_belongs_to_its_provider() {
    let scene = Consenting::start().await;
    for (begins, answers) in [(GOOGLE, MICROSOFT), (MICROSOFT, GOOGLE)] {
        let begun = begin(&scene.anna, begins).await;
        let back = grant(&begun, ANNA).await.replace(begins, answers);
        let answer = scene.bring(&back, Some(&begun.cookie)).await;
        answer.problem(400, "invalid_state");
    }
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, ANNA).await;
    let elsewhere = scene
        .bring(&back.replace(GOOGLE, "nowhere"), Some(&begun.cookie))
        .await;
    elsewhere.problem(404, "unknown_provider");
    assert_eq!(scene.asked("POST", "/token"), 0, "a token request left");
}

// O-05
#[tokio::test]
async fn an_answer_in_another_s_name_is_refused_before_anything_is_sent() {
    let scene = Consenting::start().await;
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, ANNA).await;
    let issuer = parameter(&back, "iss").unwrap();
    let encoded = issuer.replace(':', "%3A").replace('/', "%2F");
    assert!(back.contains(&encoded), "{back}");
    let forged = back.replace(&encoded, "https%3A%2F%2Fattacker.example");
    let answer = scene.bring(&forged, Some(&begun.cookie)).await;
    answer.problem(400, "invalid_state");
    assert_eq!(scene.asked("POST", "/token"), 0, "a token request left");
}

#[tokio::test]
async fn a_person_reads_a_page_and_whoever_only_looks_uses_nothing_up() {
    let scene = Consenting::start().await;
    let browser = scene
        .server
        .client()
        .get(BACK)
        .header("accept", "text/html");
    let page = browser.send().await.expect(400);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(page.text().contains("not good any more"));

    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, ANNA).await;
    let looked = scene.server.client().call("HEAD", &back).send().await;
    assert_eq!(looked.status, 405);
    scene.come_back(&back, Some(&begun.cookie)).await;
}
