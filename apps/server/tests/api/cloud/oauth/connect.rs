//! The usual way: the browser that began comes back.

use serde_json::json;

use crate::support::consent::{
    ANNA, BEN, Consenting, GOOGLE, MICROSOFT, begin, grant, outcome, parameter,
};
use crate::support::postgres::Database;

#[tokio::test]
async fn a_browser_that_comes_back_connects_the_account() {
    let scene = Consenting::start().await;
    for provider in [GOOGLE, MICROSOFT] {
        let id = scene.connect(provider, ANNA).await;
        let path = format!("/api/cloud/connections/{id}");
        let connection = scene.anna.get(&path).send().await.expect(200).json();
        assert_eq!(connection["provider"], provider);
        assert_eq!(connection["status"], "ACTIVE");
        assert!(!connection["display_name"].as_str().unwrap().is_empty());

        let check = scene.anna.post(&format!("{path}/check")).send().await;
        let check = check.expect(200).json();
        assert_eq!(check["account"]["label"], ANNA);
        assert!(check["account"]["quota"]["used_bytes"].is_u64(), "{check}");

        let folders = format!("/api/cloud/folders/{provider}/root");
        let listing = scene.anna.get(&folders).send().await.expect(200).json();
        let items = listing["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["name"] == "Welcome.txt"));
    }
    assert_eq!(scene.connections().await.len(), 2);
}

#[tokio::test]
async fn the_same_account_keeps_its_connection_on_sqlite() {
    keeps_its_connection(&Consenting::start().await).await;
}

#[tokio::test]
async fn the_same_account_keeps_its_connection_on_postgresql() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    keeps_its_connection(&scene).await;
    let events = database
        .events("action || ' ' || metadata", "cloud.%")
        .await;
    let provider = r#"{"provider":"google_drive"}"#;
    assert_eq!(
        events,
        [
            format!("cloud.connected {provider}"),
            format!("cloud.reconnected {provider}"),
            format!("cloud.disconnected {provider}"),
            format!("cloud.reconnected {provider}"),
            format!("cloud.connected {provider}"),
        ]
    );
}

async fn keeps_its_connection(scene: &Consenting) {
    let id = scene.connect(GOOGLE, ANNA).await;
    assert_eq!(scene.connect(GOOGLE, ANNA).await, id);
    let path = format!("/api/cloud/connections/{id}");
    scene.anna.delete(&path).send().await.expect(200);
    assert_eq!(scene.connections().await.len(), 0);
    assert_eq!(scene.connect(GOOGLE, ANNA).await, id);
    assert_ne!(scene.connect(GOOGLE, BEN).await, id);
    assert_eq!(scene.connections().await.len(), 2);
}

#[tokio::test]
async fn a_browser_is_sent_there_and_keeps_its_cookie() {
    let scene = Consenting::start().await;
    let initiate = || scene.anna.get("/api/cloud/oauth/initiate/google_drive");
    let answer = initiate().header("accept", "text/html").send().await;
    let answer = answer.expect(302);
    let url = answer.header("location").unwrap();
    assert!(url.starts_with(&scene.sandbox.google().auth_url), "{url}");
    let set = answer.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1800"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(set.starts_with("wharf-oauth=") && !set.contains("Secure"));

    // A browser that has one keeps it, so that it can be in the middle of several.
    let cookie = answer.cookie();
    let again = initiate().header("cookie", &cookie).send().await;
    assert_eq!(again.cookie(), cookie);
    let forged = initiate()
        .header("cookie", "wharf-oauth=short")
        .send()
        .await;
    assert_ne!(forged.cookie(), "wharf-oauth=short");
}

#[tokio::test]
async fn behind_https_the_cookie_is_the_host_s_own() {
    let scene = Consenting::with(|settings| settings.public("https://wharf.example.com")).await;
    let begun = begin(&scene.anna, GOOGLE).await;
    assert!(begun.cookie.starts_with("__Host-wharf-oauth="));
    let redirect = parameter(&begun.url, "redirect_uri").unwrap();
    assert_eq!(
        redirect,
        "https://wharf.example.com/api/cloud/oauth/callback/google_drive"
    );
    let back = grant(&begun, ANNA).await;
    let location = scene.come_back(&back, Some(&begun.cookie)).await;
    assert!(location.starts_with("https://wharf.example.com/oauth/outcome?"));
    assert_eq!(outcome(&location), "connected");
}

#[tokio::test]
async fn what_is_offered_is_what_is_set_up() {
    let scene = Consenting::start().await;
    let list = scene.anna.get("/api/cloud/providers").send().await;
    let expected = json!({"items": [
        {"provider": "google_drive", "access": "oauth"},
        {"provider": "onedrive", "access": "oauth"},
        {"provider": "nextcloud", "access": "password"},
        {"provider": "webdav", "access": "password"},
    ], "next_cursor": null});
    assert_eq!(list.expect(200).json(), expected);

    let bare = crate::support::server::Server::start().await;
    let anna = bare.regular("anna@example.org").await;
    let list = anna.get("/api/cloud/providers").send().await;
    let expected = json!([
        {"provider": "nextcloud", "access": "password"},
        {"provider": "webdav", "access": "password"},
    ]);
    assert_eq!(list.expect(200).json()["items"], expected);
    for provider in [GOOGLE, MICROSOFT, "nextcloud", "webdav", "nowhere"] {
        let path = format!("/api/cloud/oauth/initiate/{provider}");
        let refused = anna.get(&path).send().await;
        refused.problem(404, "unknown_provider");
    }
}

#[tokio::test]
async fn the_page_tells_the_outcome_and_nothing_else() {
    let scene = Consenting::start().await;
    let page = async |query: &str| {
        let path = format!("/oauth/outcome?{query}");
        let answer = scene.server.client().get(&path).send().await.expect(200);
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        answer.text().to_owned()
    };
    assert!(
        page("outcome=connected")
            .await
            .contains("The storage is connected")
    );
    let confirmation = "A".repeat(43);
    let confirm = page(&format!("outcome=confirm&confirmation={confirmation}")).await;
    assert!(confirm.contains(&confirmation));
    for odd in [
        "outcome=%3Cscript%3E",
        "outcome=confirm&confirmation=%3Cscript%3E",
        "outcome=denied&confirmation=%3Cscript%3E",
        "outcome=denied&outcome=%3Cscript%3E",
        "%3Cscript%3E=1",
    ] {
        assert!(!page(odd).await.contains("script"), "{odd}");
    }
}
