//! Sessions of browsers: the refresh token in a cookie, and which pages may use it.

use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::client::{Call, Client};
use crate::support::server::{PASSWORD, Server};

const EMAIL: &str = "anna@example.org";

fn login(client: &Client) -> Call {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let call = client.post("/api/auth/login").query("cookie", "true");
    call.json(&body)
}

/// The header that sets a cookie, with `…` for the value.
#[track_caller]
fn attributes(answer: &Answer) -> String {
    let header = answer.header("set-cookie").unwrap();
    let (name, rest) = header.split_once('=').unwrap();
    let (value, attributes) = rest.split_once(';').unwrap();
    assert_eq!(value.len(), 86, "64 bytes in base64url");
    format!("{name}=…;{attributes}")
}

fn members(session: &Value) -> Vec<String> {
    session.as_object().unwrap().keys().cloned().collect()
}

const WITHOUT_REFRESH_TOKEN: [&str; 3] = ["access_token", "expires_in", "token_type"];

#[tokio::test]
async fn a_browser_s_refresh_token_is_in_its_cookie_and_nowhere_else() {
    let server = Server::start().await;
    server.regular(EMAIL).await;
    let browser = server.client();
    let begun = login(&browser).send().await.expect(200);
    let expected = "wharf_refresh=…; Max-Age=604800; Path=/api/auth; HttpOnly; SameSite=Strict";
    assert_eq!(attributes(&begun), expected);
    assert_eq!(members(&begun.json()), WITHOUT_REFRESH_TOKEN);

    let refresh = browser.post("/api/auth/refresh");
    let refresh = refresh.header("Cookie", &format!("theme=dark; {}", begun.cookie()));
    let refreshed = refresh.send().await.expect(200);
    assert_eq!(attributes(&refreshed), expected);
    assert_eq!(members(&refreshed.json()), WITHOUT_REFRESH_TOKEN);
    assert_ne!(refreshed.cookie(), begun.cookie());

    let logout = browser.post("/api/auth/logout");
    let logout = logout.header("Cookie", &refreshed.cookie());
    let answer = logout.send().await.expect(204);
    let cleared = "wharf_refresh=; Max-Age=0; Path=/api/auth; HttpOnly; SameSite=Strict";
    assert_eq!(answer.header("set-cookie"), Some(cleared));
    let access_token = refreshed.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let me = browser.with_token(&access_token).get("/api/users/me");
    me.send().await.problem(401, "token_invalid");
}

#[tokio::test]
async fn a_cookie_is_secure_except_on_loopback() {
    for (url, expected) in [
        (
            "https://wharf.example.org",
            "__Secure-wharf_refresh=…; Max-Age=604800; Path=/api/auth; HttpOnly; SameSite=Strict; Secure",
        ),
        // A browser drops it then, which is the point.
        (
            "http://wharf.example.org",
            "__Secure-wharf_refresh=…; Max-Age=604800; Path=/api/auth; HttpOnly; SameSite=Strict; Secure",
        ),
        (
            "http://localhost:8080",
            "wharf_refresh=…; Max-Age=604800; Path=/api/auth; HttpOnly; SameSite=Strict",
        ),
    ] {
        let server = Server::public(url, "").await;
        server.regular(EMAIL).await;
        let begun = login(&server.client()).send().await.expect(200);
        assert_eq!(attributes(&begun), expected, "{url}");
        let refresh = server.client().post("/api/auth/refresh");
        refresh
            .header("Cookie", &begun.cookie())
            .send()
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_reused_cookie_ends_the_session() {
    let server = Server::start().await;
    server.regular(EMAIL).await;
    let browser = server.client();
    let first = login(&browser).send().await.expect(200).cookie();
    let refresh = async |cookie: &str| {
        let call = browser.post("/api/auth/refresh").header("Cookie", cookie);
        call.send().await
    };
    let second = refresh(&first).await.expect(200).cookie();
    refresh(&first).await.problem(401, "session_ended");
    refresh(&second).await.problem(401, "session_ended");
}

#[tokio::test]
async fn a_token_comes_one_way() {
    let server = Server::start().await;
    server.regular(EMAIL).await;
    let browser = server.client();
    let cookie = login(&browser).send().await.expect(200).cookie();
    let token = cookie.split_once('=').unwrap().1;
    for path in ["/api/auth/refresh", "/api/auth/logout"] {
        let call = browser.post(path).header("Cookie", &cookie);
        let both = call.json(&json!({"refresh_token": token})).send().await;
        both.problem(400, "invalid_request");
        let call = browser
            .post(path)
            .header("Cookie", &format!("{cookie}; {cookie}"));
        call.send().await.problem(400, "invalid_request");
        let call = browser.post(path).header("Cookie", &cookie);
        call.header("Cookie", &cookie)
            .send()
            .await
            .problem(400, "invalid_request");
    }
    // Nothing of that has used the token up or ended its session.
    let call = browser.post("/api/auth/refresh").header("Cookie", &cookie);
    call.send().await.expect(200);
}

#[tokio::test]
async fn no_page_of_another_origin_uses_the_cookie() {
    let server = Server::public("https://wharf.example.org/", "https://app.example.org").await;
    server.regular(EMAIL).await;
    let browser = server.client();
    let mut kept = login(&browser).send().await.expect(200).cookie();
    for foreign in [
        "https://evil.example.org",
        "http://wharf.example.org",
        "https://wharf.example.org:8443",
        "https://wharf.example.org.evil.example",
        "null",
        "",
    ] {
        for path in ["/api/auth/refresh", "/api/auth/logout"] {
            let call = browser.post(path).header("Cookie", &kept);
            let answer = call.header("Origin", foreign).send().await;
            answer.problem(403, "origin_not_allowed");
        }
        let answer = login(&browser).header("Origin", foreign).send().await;
        assert_eq!(answer.header("set-cookie"), None);
        answer.problem(403, "origin_not_allowed");
    }
    for own in ["https://wharf.example.org", "https://app.example.org"] {
        let call = browser.post("/api/auth/refresh").header("Cookie", &kept);
        let answer = call.header("Origin", own).send().await;
        kept = answer.expect(200).cookie();
        login(&browser)
            .header("Origin", own)
            .send()
            .await
            .expect(200);
    }
}

// A browser hands the answer to a page of another origin only if credentials are named as allowed.
#[tokio::test]
async fn a_page_of_an_allowed_origin_may_send_the_cookie() {
    let server = Server::public("https://wharf.example.org", "https://app.example.org").await;
    let preflight = |origin: &str| {
        let call = server.client().call("OPTIONS", "/api/auth/refresh");
        let call = call.header("Origin", origin);
        call.header("Access-Control-Request-Method", "POST")
    };
    let allowed = |answer: &Answer| {
        let names = [
            "access-control-allow-origin",
            "access-control-allow-credentials",
        ];
        names.map(|name| answer.headers.get(name).cloned())
    };
    let answer = preflight("https://app.example.org")
        .send()
        .await
        .expect(200);
    let expected = ["https://app.example.org", "true"].map(HeaderValue::from_static);
    assert_eq!(allowed(&answer), expected.map(Some));
    let answer = preflight("https://evil.example.org").send().await;
    assert_eq!(allowed(&answer)[0], None);
}
