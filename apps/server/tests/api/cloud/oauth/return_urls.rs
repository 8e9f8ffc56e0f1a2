//! Where a browser is sent on to (O-04).

use crate::support::consent::{ANNA, Consenting, GOOGLE, begin_with, deny, grant, outcome};

const ALLOWED: &str = "https://app.example.com/done?x=1";

#[tokio::test]
async fn a_browser_is_sent_on_to_where_the_operator_allows() {
    let scene = Consenting::with(|settings| settings.returning_to(ALLOWED)).await;
    let begun = begin_with(&scene.anna, GOOGLE, "return_url", ALLOWED).await;
    let back = grant(&begun, ANNA).await;
    let location = scene.come_back(&back, Some(&begun.cookie)).await;
    assert!(
        location.starts_with("https://app.example.com/done?x=1&outcome=connected&connection_id=")
    );

    let begun = begin_with(&scene.anna, GOOGLE, "return_url", ALLOWED).await;
    let location = scene.come_back(&deny(&begun).await, None).await;
    assert_eq!(location, "https://app.example.com/done?x=1&outcome=denied");
}

// O-04
#[tokio::test]
async fn a_browser_is_sent_nowhere_else() {
    let scene = Consenting::with(|settings| settings.returning_to(ALLOWED)).await;
    for target in [
        "",
        "/",
        "//evil.example",
        "///evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "https://app.example.com",
        "https://app.example.com/done",
        "https://app.example.com/done?x=1&y=2",
        "https://app.example.com/done?x=1#",
        "https://APP.example.com/done?x=1",
        "https://app.example.com:443/done?x=1",
        "https://app.example.com.evil.example/done?x=1",
        "https://app.example.com@evil.example/done?x=1",
        "https://app.example.com/done?x=1\r\nset-cookie: a=b",
        " https://app.example.com/done?x=1",
        "http://app.example.com/done?x=1",
        "javascript:alert(1)",
        "data:text/html,x",
        "%2f%2fevil.example",
    ] {
        let initiate = scene.anna.get("/api/cloud/oauth/initiate/google_drive");
        let answer = initiate.query("return_url", target).send().await;
        let problem = answer.problem(400, "invalid_request");
        assert_eq!(problem["field"], "return_url", "{target:?}");
    }
    // Nor does the answer's own address choose.
    let begun = begin_with(&scene.anna, GOOGLE, "return_url", ALLOWED).await;
    let back = grant(&begun, ANNA).await;
    let evil = "return_url=https%3A%2F%2Fevil.example&next=%2F%2Fevil.example&redirect=x";
    let location = scene
        .come_back(&format!("{back}&{evil}"), Some(&begun.cookie))
        .await;
    assert!(location.starts_with(ALLOWED), "{location}");
    assert_eq!(outcome(&location), "connected");
}
