//! What the request log tells, and what it keeps to itself.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wharf_sandbox::Sandbox;

use crate::application::{ANNA, at_google, at_microsoft, text};
use crate::client::call_as;

#[test]
fn a_presented_refresh_token_is_known_by_its_digest() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let first = sandbox.microsoft().refresh_token;
    let second = app.refresh(&first).json();
    let second = text(&second, "/refresh_token").to_owned();
    app.refresh(&second);
    app.refresh(&first);

    let presented: Vec<String> = sandbox
        .requests()
        .into_iter()
        .filter_map(|request| request.refresh_token_sha256)
        .collect();
    let digest = |token: &str| {
        let digest = Sha256::digest(token);
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert_eq!(presented, [digest(&first), digest(&second), digest(&first)]);
}

#[test]
fn no_secret_is_in_the_log() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let code = app.grant(ANNA, &[]).get("code").unwrap();
    let tokens = app.redeem(&code).json();
    let (access, refresh) = (
        text(&tokens, "/access_token"),
        text(&tokens, "/refresh_token"),
    );
    app.refresh(refresh);
    app.get("/oauth2/v3/userinfo", access);
    call_as(&sandbox.webdav(), "GET", "Welcome.txt").send();

    let log = format!("{:?}", sandbox.requests());
    let password = sandbox.webdav().password;
    for secret in [&*code, access, refresh, &app.client_secret, &password] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn every_request_tells_whose_account_it_is_about_and_when_it_began() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let tokens = app.connect(ANNA);
    sandbox.advance_clock(Duration::from_secs(60));
    app.get("/oauth2/v3/userinfo", text(&tokens, "/access_token"));
    call_as(&sandbox.webdav(), "GET", "Welcome.txt").send();
    app.get("/oauth2/v3/userinfo", "unknown");

    let requests = sandbox.requests();
    let accounts: Vec<Option<&str>> = requests
        .iter()
        .map(|request| request.account.as_deref())
        .collect();
    let anna = Some(ANNA);
    assert_eq!(accounts, [anna, anna, anna, Some("anna"), None]);
    assert!(requests[2].began_ms >= requests[1].began_ms + 60_000);
    let numbers: Vec<u64> = requests.iter().map(|request| request.number).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
}
