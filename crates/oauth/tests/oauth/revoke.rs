//! The end of a grant (RFC 7009).

use std::time::Duration;

use wharf_domain::ports::oauth::{OAuthErrorKind, Revoked};
use wharf_oauth::Fault;

use crate::scripted::{Reply, Scripted, answer, json};
use crate::support::{Asked, google, microsoft};

async fn revoked(raw: Vec<u8>) -> Result<Revoked, Fault> {
    let server = Scripted::start(move |_| Reply::Say(raw.clone()));
    let asked = Asked::of(google(&server.url()));
    let outcome = asked.server().revoke(&"r".into()).await;
    assert_eq!(server.requests().len(), 1);
    outcome
}

// O-10
#[tokio::test]
async fn a_grant_that_is_over_is_over() {
    for raw in [
        json(200, "", "{}"),
        answer(200, "", ""),
        answer(200, "Content-Type: text/html\r\n", "<html>"),
        // As Google answers where it knows the token no more.
        json(
            400,
            "",
            r#"{"error":"invalid_token","error_description":"Token expired or revoked"}"#,
        ),
        json(400, "", r#"{"error":"invalid_grant"}"#),
    ] {
        assert_eq!(revoked(raw).await.unwrap(), Revoked::Done);
    }
    // RFC 7009, section 2.2.1
    let cannot = json(400, "", r#"{"error":"unsupported_token_type"}"#);
    assert_eq!(revoked(cannot).await.unwrap(), Revoked::Unsupported);
}

// O-10
#[tokio::test]
async fn a_grant_that_may_still_be_in_force_is_said_to_be() {
    let wait = OAuthErrorKind::Unavailable {
        retry_after: Some(Duration::from_secs(5)),
    };
    for (raw, expected) in [
        (
            json(503, "Retry-After: 5\r\n", r#"{"error":"invalid_token"}"#),
            wait,
        ),
        (
            json(401, "", r#"{"error":"invalid_client"}"#),
            OAuthErrorKind::ClientRefused,
        ),
        (
            json(400, "", r#"{"error":"invalid_request"}"#),
            OAuthErrorKind::ClientRefused,
        ),
        (
            json(403, "", r#"{"error":"access_denied"}"#),
            OAuthErrorKind::InvalidAnswer,
        ),
        (
            json(400, "", r#"{"error":"login_required"}"#),
            OAuthErrorKind::InvalidAnswer,
        ),
        (
            answer(400, "Content-Type: text/html\r\n", "invalid_token"),
            OAuthErrorKind::InvalidAnswer,
        ),
        (
            answer(302, "Location: /\r\n", ""),
            OAuthErrorKind::InvalidAnswer,
        ),
        (Vec::new(), OAuthErrorKind::AnswerLost),
    ] {
        let fault = revoked(raw).await.unwrap_err();
        assert_eq!(*fault.kind(), expected);
    }
}

// O-10
#[tokio::test]
async fn microsoft_cannot_be_told() {
    let server = Scripted::saying(json(200, "", "{}"));
    let asked = Asked::of(microsoft(&server.url(), "common"));
    let outcome = asked.server().revoke(&"r".into()).await.unwrap();
    assert_eq!(outcome, Revoked::Unsupported);
    assert!(server.requests().is_empty());
}
