//! Whose grant it is.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use wharf_domain::ports::oauth::{Granted, GrantedAccount, OAuthErrorKind};

use crate::scripted::{Scripted, answer, json as in_json};
use crate::support::{Asked, NOW, google, microsoft};

const DIRECTORY: &str = "6f1d0a6e-0b5c-4a8e-9a57-1c2f3e4d5b60";
const OBJECT: &str = "0b7c1c6a-52d7-4e0f-8f39-5d1a8c2e9b11";
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn granted(id_token: Option<String>) -> Granted {
    Granted {
        access_token: "the access token".into(),
        refresh_token: None,
        expires_in: std::time::Duration::from_mins(5),
        scopes: wharf_domain::scopes::Scopes::default(),
        id_token: id_token.map(Into::into),
    }
}

async fn account_at_google(raw: Vec<u8>) -> Result<GrantedAccount, OAuthErrorKind> {
    let server = Scripted::saying(raw);
    let asked = Asked::of(google(&server.url()));
    let outcome = asked.server().account(&granted(None)).await;
    let outcome = outcome.map_err(|fault| fault.kind().clone());
    if let Ok(account) = &outcome {
        assert_eq!(account.endpoint.0, format!("{}/", server.url()));
    }
    outcome
}

#[tokio::test]
async fn googles_account_is_its_subject() {
    for (body, label) in [
        (
            r#"{"sub":"110248495921238986420","email":"anna@example.com","name":"Anna"}"#,
            "anna@example.com",
        ),
        (r#"{"sub":"110248495921238986420","name":"Anna"}"#, "Anna"),
        (r#"{"sub":"110248495921238986420","email":null}"#, ""),
    ] {
        let account = account_at_google(in_json(200, "", body)).await.unwrap();
        assert_eq!(account.key.0, "110248495921238986420");
        assert_eq!(account.label, label);
    }
}

#[tokio::test]
async fn an_account_without_a_name_is_none() {
    let long = format!(r#"{{"sub":"{}"}}"#, "1".repeat(256));
    for (raw, expected) in [
        (in_json(200, "", "{}"), OAuthErrorKind::InvalidAnswer),
        (
            in_json(200, "", r#"{"sub":""}"#),
            OAuthErrorKind::InvalidAnswer,
        ),
        (
            in_json(200, "", r#"{"sub":"a\u0000"}"#),
            OAuthErrorKind::InvalidAnswer,
        ),
        (
            in_json(200, "", r#"{"sub":1}"#),
            OAuthErrorKind::InvalidAnswer,
        ),
        (
            in_json(200, "", r#"{"sub":"1","sub":"2"}"#),
            OAuthErrorKind::InvalidAnswer,
        ),
        (in_json(200, "", &long), OAuthErrorKind::InvalidAnswer),
        (
            answer(200, "Content-Type: text/html\r\n", r#"{"sub":"1"}"#),
            OAuthErrorKind::InvalidAnswer,
        ),
        (in_json(404, "", "{}"), OAuthErrorKind::InvalidAnswer),
        (
            in_json(
                401,
                "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n",
                "{}",
            ),
            OAuthErrorKind::GrantRefused,
        ),
        (answer(403, "", ""), OAuthErrorKind::GrantRefused),
        (
            answer(500, "", ""),
            OAuthErrorKind::Unavailable { retry_after: None },
        ),
    ] {
        assert_eq!(account_at_google(raw).await, Err(expected));
    }
}

fn id_token(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.c2lnbmF0dXJl",
        part(&json!({"alg":"RS256"})),
        part(claims)
    )
}

/// The claims of a good token of the server that never was, at `https://login.example`.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": format!("https://login.example/{DIRECTORY}/v2.0"),
        "aud": "the client",
        "exp": NOW + 3_600,
        "tid": DIRECTORY,
        "oid": OBJECT,
        "preferred_username": "anna@example.com",
        "name": "Anna",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// What the token says to a Wharf for that tenant. No request is made.
async fn account_at_microsoft(
    tenant: &str,
    id_token: Option<String>,
) -> Result<GrantedAccount, OAuthErrorKind> {
    let asked = Asked::of(microsoft("https://login.example", tenant));
    let outcome = asked.server().account(&granted(id_token)).await;
    outcome.map_err(|fault| fault.kind().clone())
}

#[tokio::test]
async fn microsofts_account_is_its_directory_and_object() {
    for (changes, label) in [
        (json!({}), "anna@example.com"),
        (
            json!({"preferred_username": null, "email": "a@example.com"}),
            "a@example.com",
        ),
        (json!({"preferred_username": null}), "Anna"),
        (json!({"oid": OBJECT.to_uppercase()}), "anna@example.com"),
        // A clock that is a little behind ours.
        (json!({"exp": NOW - 59}), "anna@example.com"),
    ] {
        let token = id_token(&claims(&changes));
        let account = account_at_microsoft("common", Some(token)).await.unwrap();
        assert_eq!(account.key.0, format!("{DIRECTORY}/{OBJECT}"));
        assert_eq!(account.label, label);
        assert_eq!(account.endpoint.0, "https://login.example/graph/");
    }
}

// OpenID Connect Core 1.0, section 3.1.3.7
#[tokio::test]
async fn an_id_token_that_is_not_for_us_now_names_nobody() {
    for changes in [
        json!({"iss": format!("https://other.example/{DIRECTORY}/v2.0")}),
        json!({"iss": format!("https://login.example/{PERSONAL}/v2.0")}),
        json!({"iss": format!("https://login.example/{DIRECTORY}/v2.0/")}),
        json!({"aud": "another client"}),
        json!({"aud": ["the client", "another client"]}),
        json!({"exp": NOW - 60}),
        json!({"exp": "never"}),
        json!({"exp": null}),
        json!({"tid": null}),
        json!({"tid": "../common"}),
        json!({"oid": "anna"}),
        json!({"oid": ""}),
    ] {
        let token = id_token(&claims(&changes));
        let outcome = account_at_microsoft("common", Some(token)).await;
        assert_eq!(outcome, Err(OAuthErrorKind::InvalidAnswer), "{changes}");
    }
    let good = id_token(&claims(&json!({})));
    for token in [
        None,
        Some(String::new()),
        Some("a.b.c".to_owned()),
        Some(format!("{good}.more")),
        Some(good.rsplit_once('.').unwrap().0.to_owned()),
    ] {
        let outcome = account_at_microsoft("common", token).await;
        assert_eq!(outcome, Err(OAuthErrorKind::InvalidAnswer));
    }
}

// O-07
#[tokio::test]
async fn only_the_tenants_own_accounts_come() {
    let of = |directory: &str| {
        let issuer = format!("https://login.example/{directory}/v2.0");
        id_token(&claims(&json!({"tid": directory, "iss": issuer})))
    };
    for (tenant, directory, is_let_in) in [
        ("common", DIRECTORY, true),
        ("common", PERSONAL, true),
        ("organizations", DIRECTORY, true),
        ("organizations", PERSONAL, false),
        ("consumers", DIRECTORY, false),
        ("consumers", PERSONAL, true),
        (DIRECTORY, DIRECTORY, true),
        (DIRECTORY, PERSONAL, false),
        (DIRECTORY, "c1a7a000-7e4a-4f3b-8d21-0123456789ab", false),
        ("contoso.example", DIRECTORY, true),
    ] {
        let outcome = account_at_microsoft(tenant, Some(of(directory))).await;
        assert_eq!(outcome.is_ok(), is_let_in, "{tenant} {directory}");
    }
}
