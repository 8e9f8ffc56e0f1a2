//! What is sent, letter by letter.

use wharf_domain::ports::oauth::{Granted, OAuthErrorKind};
use wharf_oauth::Description;

use crate::scripted::{Reply, Request, Scripted, json};
use crate::support::{Asked, REDIRECT_URI, VERIFIER, google, microsoft, redemption};

/// The requests of a redemption, a refresh, a look at the account and a revocation.
async fn all_requests(provider: impl Fn(&str) -> Description) -> Vec<Request> {
    let server = Scripted::start(|request| {
        let body = match &*request.target {
            "/oauth2/v3/userinfo" => r#"{"sub":"1"}"#,
            _ => r#"{"access_token":"the access token","token_type":"Bearer"}"#,
        };
        Reply::Say(json(200, "", body))
    });
    let asked = Asked::of(provider(&server.url()));
    let granted = asked.server().redeem(redemption("the code")).await.unwrap();
    asked.refresh().await.unwrap();
    // Microsoft's account is read from the ID token, without a request.
    let _ = asked.server().account(&granted).await;
    let token = "the refresh token".into();
    asked.server().revoke(&token).await.unwrap();
    server.requests()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    pairs.sort();
    pairs
}

fn form(request: &Request) -> Vec<(String, String)> {
    let mut form = request.form();
    form.sort();
    form
}

/// `the+client:a%2Bb%2Fc+d%25e%3A%C3%BC` (RFC 6749, section 2.3.1 and appendix B), made with coreutils' base64.
const BASIC: &str = "Basic dGhlK2NsaWVudDphJTJCYiUyRmMrZCUyNWUlM0ElQzMlQkM=";

// O-06, O-09
#[tokio::test]
async fn google_gets_the_secret_in_the_header() {
    let requests = all_requests(google).await;
    let [redeem, refresh, userinfo, revoke] = &requests[..] else {
        panic!("{} requests", requests.len());
    };
    for request in [redeem, refresh, revoke] {
        assert_eq!(request.method, "POST");
        assert_eq!(request.header("authorization"), Some(BASIC));
        assert_eq!(request.header("accept"), Some("application/json"));
        assert_eq!(
            request.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
    }
    assert_eq!(redeem.target, "/token");
    let expected = pairs(&[
        ("grant_type", "authorization_code"),
        ("code", "the code"),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT_URI),
    ]);
    assert_eq!(form(redeem), expected);

    assert_eq!(refresh.target, "/token");
    let expected = pairs(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", "the refresh token"),
    ]);
    assert_eq!(form(refresh), expected);

    assert_eq!(userinfo.method, "GET");
    assert_eq!(userinfo.target, "/oauth2/v3/userinfo");
    assert_eq!(
        userinfo.header("authorization"),
        Some("Bearer the access token")
    );

    assert_eq!(revoke.target, "/revoke");
    let expected = pairs(&[
        ("token", "the refresh token"),
        ("token_type_hint", "refresh_token"),
    ]);
    assert_eq!(form(revoke), expected);
}

// O-06, O-09
#[tokio::test]
async fn microsoft_gets_the_secret_in_the_form_at_its_tenant() {
    let requests = all_requests(|base| microsoft(base, "organizations")).await;
    let [redeem, refresh] = &requests[..] else {
        panic!("{} requests", requests.len());
    };
    for request in [redeem, refresh] {
        assert_eq!(request.target, "/organizations/oauth2/v2.0/token");
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.parameter("client_id").unwrap(), "the client");
        assert_eq!(request.parameter("client_secret").unwrap(), "a+b/c d%e:ü");
    }
    assert_eq!(redeem.parameter("code_verifier").unwrap(), VERIFIER);
    assert_eq!(redeem.parameter("redirect_uri").unwrap(), REDIRECT_URI);
}

#[tokio::test]
async fn what_is_empty_is_not_sent() {
    let server = Scripted::saying(json(400, "", r#"{"error":"invalid_grant"}"#));
    let asked = Asked::of(google(&server.url()));
    let kind = |outcome: Result<Granted, wharf_oauth::Fault>| outcome.err().unwrap().kind().clone();
    assert_eq!(
        kind(asked.server().refresh(&"".into()).await),
        OAuthErrorKind::GrantRefused
    );
    assert_eq!(
        kind(asked.server().redeem(redemption("")).await),
        OAuthErrorKind::GrantRefused
    );
    assert!(asked.server().revoke(&"".into()).await.is_ok());
    assert!(server.requests().is_empty());
}
