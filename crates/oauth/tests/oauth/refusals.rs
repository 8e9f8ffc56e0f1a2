//! What an error of a token endpoint means (RFC 6749, section 5.2).

use std::time::Duration;

use wharf_domain::ports::oauth::OAuthErrorKind::{
    self, ClientRefused, GrantRefused, InvalidAnswer, Unavailable,
};
use wharf_oauth::Description;

use crate::scripted::{Scripted, answer, json};
use crate::support::{Asked, google, microsoft};

async fn meaning(raw: Vec<u8>, provider: impl Fn(&str) -> Description) -> OAuthErrorKind {
    let server = Scripted::saying(raw);
    let kind = Asked::of(provider(&server.url())).refused().await;
    assert_eq!(server.requests().len(), 1);
    kind
}

const fn wait(seconds: u64) -> OAuthErrorKind {
    Unavailable {
        retry_after: Some(Duration::from_secs(seconds)),
    }
}

const LATER: OAuthErrorKind = Unavailable { retry_after: None };

/// An error as Microsoft writes it.
fn aadsts(error: &str, number: u32) -> String {
    format!(
        r#"{{"error":"{error}","error_description":"AADSTS{number}: What it is. Trace ID: 1c3d Correlation ID: 5f67 Timestamp: 2026-11-23 04:00:00Z","error_codes":[{number}],"timestamp":"2026-11-23 04:00:00Z","trace_id":"1c3d","correlation_id":"5f67","error_uri":"https://login.microsoftonline.com/error?code={number}"}}"#
    )
}

// O-11: bodies as Google gives them.
#[tokio::test]
async fn googles_errors_are_told_apart() {
    for (status, body, expected) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            GrantRefused,
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_subtype":"invalid_rapt","error_description":"reauth related error (invalid_rapt)"}"#,
            GrantRefused,
        ),
        (
            403,
            r#"{"error":"access_denied","error_description":"Account restricted"}"#,
            GrantRefused,
        ),
        (
            401,
            r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#,
            ClientRefused,
        ),
        (
            401,
            r#"{"error":"unauthorized_client","error_description":"Unauthorized"}"#,
            ClientRefused,
        ),
        (
            401,
            r#"{"error":"deleted_client","error_description":"The OAuth client was deleted."}"#,
            ClientRefused,
        ),
        (
            401,
            r#"{"error":"disabled_client","error_description":"The OAuth client was disabled."}"#,
            ClientRefused,
        ),
        (
            400,
            r#"{"error":"redirect_uri_mismatch","error_description":"Bad Request"}"#,
            ClientRefused,
        ),
        (
            400,
            r#"{"error":"unsupported_grant_type","error_description":"Invalid grant_type: "}"#,
            ClientRefused,
        ),
        (
            400,
            r#"{"error":"invalid_request","error_description":"Could not determine client ID from request."}"#,
            ClientRefused,
        ),
        (400, r#"{"error":"invalid_scope"}"#, ClientRefused),
    ] {
        assert_eq!(
            meaning(json(status, "", body), google).await,
            expected,
            "{body}"
        );
    }
}

// O-11: the number says nothing, whatever it is.
#[tokio::test]
async fn microsofts_errors_are_told_apart_by_their_names_alone() {
    for (status, error, expected) in [
        (400, "invalid_grant", GrantRefused),
        (400, "interaction_required", GrantRefused),
        (400, "consent_required", GrantRefused),
        (400, "login_required", GrantRefused),
        (401, "invalid_client", ClientRefused),
        (400, "unauthorized_client", ClientRefused),
        (400, "invalid_resource", ClientRefused),
        (400, "invalid_request", ClientRefused),
        (400, "temporarily_unavailable", LATER),
        (400, "server_error", LATER),
        (400, "slow_down", LATER),
        (400, "never_heard_of", InvalidAnswer),
    ] {
        // An expired client secret, a malformed token, a password that was changed.
        for number in [7_000_222, 9_002_313, 50_173] {
            let raw = json(status, "", &aadsts(error, number));
            let kind = meaning(raw, |base| microsoft(base, "common")).await;
            assert_eq!(kind, expected, "{error} {number}");
        }
    }
}

// O-11: such an error judges nothing, so nothing is taken for a refusal of the grant.
#[tokio::test]
async fn what_is_no_error_of_the_protocol_refuses_nobody() {
    let refused = r#"{"error":"invalid_grant"}"#;
    let cut_off = &refused[..refused.len() - 1];
    let huge = format!(
        r#"{{"error":"invalid_grant","more":"{}"}}"#,
        "m".repeat(64 * 1024)
    );
    for raw in [
        answer(400, "Content-Type: text/html\r\n", refused),
        answer(400, "", refused),
        json(400, "", ""),
        json(400, "", cut_off),
        json(400, "", &huge),
        json(400, "", r#"{"error":"Invalid_Grant"}"#),
        json(400, "", r#"{"error":["invalid_grant"]}"#),
        json(
            400,
            "",
            r#"{"error":{"code":400,"status":"invalid_grant"}}"#,
        ),
        json(
            400,
            "",
            r#"{"error":"invalid_client","error":"invalid_grant"}"#,
        ),
        json(400, "", r#""invalid_grant""#),
        json(300, "", refused),
        json(302, "Location: /token\r\n", refused),
        json(201, "", refused),
    ] {
        let shown = String::from_utf8_lossy(&raw)[..raw.len().min(200)].to_owned();
        assert_eq!(meaning(raw, google).await, InvalidAnswer, "{shown}");
    }
}

// R-07
#[tokio::test]
async fn a_server_out_of_order_is_left_alone_as_long_as_it_asks() {
    let refused = r#"{"error":"invalid_grant"}"#;
    for (status, header, expected) in [
        (429, "", LATER),
        (429, "Retry-After: 17\r\n", wait(17)),
        (429, "Retry-After: 86400\r\n", wait(600)),
        (429, "Retry-After: soon\r\n", LATER),
        (
            503,
            "Retry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n",
            wait(30),
        ),
        (
            503,
            "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:48:37 GMT\r\n",
            wait(60),
        ),
        (500, "", LATER),
        (502, "", LATER),
        (504, "Retry-After: 1\r\n", wait(1)),
        (599, "", LATER),
    ] {
        // It says nothing of the grant, even if it seems to.
        for raw in [
            json(status, header, refused),
            answer(
                status,
                &format!("Content-Type: text/html\r\n{header}"),
                "<html>",
            ),
            answer(status, header, ""),
        ] {
            assert_eq!(meaning(raw, google).await, expected, "{status} {header}");
        }
    }
}
