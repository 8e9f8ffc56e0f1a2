//! The whole flow at the simulated Google and Microsoft, with what can go wrong on the way.

use std::collections::BTreeMap;
use std::time::Duration;

use form_urlencoded::Serializer;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Method, Request};
use url::Url;
use wharf_domain::ports::oauth::{CodeRedemption, Granted, OAuthErrorKind, Revoked};
use wharf_egress::{Limits, Trust};
use wharf_oauth::{Description, DriveScope, GoogleDrive, Onedrive};
use wharf_sandbox::{Fault, FaultRule, RetryAfter, Sandbox};

use crate::support::{Asked, REDIRECT_URI, VERIFIER, egress, request};

const ANNA: &str = "anna@example.com";
/// His Microsoft account is a personal one.
const BEN: &str = "ben@example.net";

const DRIVE: &str = "https://www.googleapis.com/auth/drive";

fn google(sandbox: &Sandbox) -> Asked {
    let app = sandbox.google();
    let at = |url: &str| Some(url.parse().unwrap());
    let google = GoogleDrive {
        auth_url: at(&app.auth_url),
        token_url: at(&app.token_url),
        revoke_url: at(&app.revoke_url),
        api_url: at(&app.api_url),
        client_id: app.client_id,
        client_secret: app.client_secret.into(),
        scope: DriveScope::Drive,
    };
    Asked::of(google.describe(REDIRECT_URI.to_owned()))
}

fn microsoft(sandbox: &Sandbox, tenant: &str) -> Asked {
    let app = sandbox.microsoft();
    let at = |url: &str| Some(url.replace("/common/", "/{tenant}/").parse().unwrap());
    let microsoft = Onedrive {
        auth_url: at(&app.auth_url),
        token_url: at(&app.token_url),
        api_url: at(&app.api_url),
        client_id: app.client_id,
        client_secret: app.client_secret.into(),
        tenant: tenant.parse().unwrap(),
    };
    Asked::of(microsoft.describe(REDIRECT_URI.to_owned()))
}

/// The answer's parameters after this person has left these scopes ticked.
async fn consented(url: &str, person: &str, ticked: &[&str]) -> BTreeMap<String, String> {
    let mut page: Url = url.parse().unwrap();
    let mut form = Serializer::new(String::new());
    form.extend_pairs(page.query_pairs());
    form.extend_pairs([("decision", "grant"), ("account", person)]);
    form.extend_pairs(ticked.iter().map(|scope| ("granted", scope)));
    page.set_query(None);
    let mut request = Request::new(Method::POST, page);
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert(CONTENT_TYPE, kind);
    *request.body_mut() = Some(form.finish().into());
    let browser = egress().trusting(Trust::Operator);
    let answer = browser.execute(request, Limits::default()).await.unwrap();
    let location = answer.headers().get(LOCATION).unwrap().to_str().unwrap();
    let back: Url = location.parse().unwrap();
    assert!(back.as_str().starts_with(REDIRECT_URI));
    back.query_pairs().into_owned().collect()
}

/// What there is to redeem after this person has consented.
async fn code(asked: &Asked, person: &str, ticked: &[&str]) -> CodeRedemption {
    let begun = asked.server().begin(&request());
    let mut answer = consented(&begun.url, person, ticked).await;
    assert_eq!(answer["state"], "the state");
    CodeRedemption {
        code: answer.remove("code").unwrap().into(),
        verifier: VERIFIER.into(),
        answered_issuer: answer.remove("iss"),
        issuer: begun.issuer,
        redirect_uri: begun.redirect_uri,
    }
}

async fn granted(asked: &Asked, person: &str) -> Granted {
    let code = code(asked, person, &[DRIVE]).await;
    asked.server().redeem(code).await.unwrap()
}

/// What a refresh with the granted refresh token ends with.
async fn refreshed(asked: &Asked, granted: &Granted) -> Result<Granted, OAuthErrorKind> {
    let token = granted.refresh_token.as_ref().unwrap();
    let outcome = asked.server().refresh(token).await;
    outcome.map_err(|fault| fault.kind().clone())
}

fn needed(description: &Description, granted: &Granted) -> bool {
    granted.scopes.cover(&description.needed)
}

// O-05, O-08, O-10
#[tokio::test]
async fn google_from_consent_to_revocation() {
    let sandbox = Sandbox::start();
    let asked = google(&sandbox);
    let granted = granted(&asked, ANNA).await;
    assert!(needed(asked.server().description(), &granted));
    let account = asked.server().account(&granted).await.unwrap();
    assert_eq!(account.key.0, "110248495921238986420");
    assert_eq!(account.label, ANNA);

    let renewed = refreshed(&asked, &granted).await.unwrap();
    assert!(renewed.refresh_token.is_none());
    assert!(refreshed(&asked, &granted).await.is_ok());

    let token = granted.refresh_token.as_ref().unwrap();
    assert_eq!(asked.server().revoke(token).await.unwrap(), Revoked::Done);
    let ended = refreshed(&asked, &granted).await.err();
    assert_eq!(ended, Some(OAuthErrorKind::GrantRefused));
    assert_eq!(asked.server().revoke(token).await.unwrap(), Revoked::Done);
    let of_a_dead_grant = asked.server().account(&granted).await.err().unwrap();
    assert_eq!(*of_a_dead_grant.kind(), OAuthErrorKind::GrantRefused);
}

// O-08
#[tokio::test]
async fn google_lets_people_untick_what_is_needed() {
    let sandbox = Sandbox::start();
    let asked = google(&sandbox);
    let code = code(&asked, ANNA, &[]).await;
    let granted = asked.server().redeem(code).await.unwrap();
    assert!(!needed(asked.server().description(), &granted));
    assert!(granted.scopes.iter().any(|scope| scope == "openid"));
}

// O-05
#[tokio::test]
async fn an_answer_of_another_server_is_not_redeemed() {
    let sandbox = Sandbox::start();
    let asked = google(&sandbox);
    let mut code = code(&asked, ANNA, &[DRIVE]).await;
    assert_eq!(code.answered_issuer, code.issuer);
    code.answered_issuer = Some("https://honest.as.example".to_owned());
    let refused = asked.server().redeem(code).await.err().unwrap();
    assert_eq!(*refused.kind(), OAuthErrorKind::IssuerMismatch);
    let requests = sandbox.requests();
    assert!(requests.iter().all(|request| request.path != "/token"));
}

// O-08, O-10
#[tokio::test]
async fn microsoft_from_consent_to_the_end_of_the_connection() {
    let sandbox = Sandbox::start();
    let asked = microsoft(&sandbox, "common");
    for (person, key) in [
        (
            ANNA,
            "6f1d0a6e-0b5c-4a8e-9a57-1c2f3e4d5b60/0b7c1c6a-52d7-4e0f-8f39-5d1a8c2e9b11",
        ),
        (
            BEN,
            "9188040d-6c67-4c5b-b112-36a304b66dad/00000000-0000-0000-5be0-9e11ab0de002",
        ),
    ] {
        let granted = granted(&asked, person).await;
        assert!(needed(asked.server().description(), &granted), "{person}");
        let account = asked.server().account(&granted).await.unwrap();
        assert_eq!(account.key.0, key);
        assert_eq!(account.label, person);

        let renewed = refreshed(&asked, &granted).await.unwrap();
        assert!(needed(asked.server().description(), &renewed), "{person}");
        assert!(renewed.refresh_token.is_some());
        assert!(refreshed(&asked, &granted).await.is_ok());
        assert!(refreshed(&asked, &renewed).await.is_ok());

        let token = renewed.refresh_token.unwrap();
        let revoked = asked.server().revoke(&token).await.unwrap();
        assert_eq!(revoked, Revoked::Unsupported);
    }
}

// O-06
#[tokio::test]
async fn a_code_is_good_once_and_with_its_verifier_only() {
    let sandbox = Sandbox::start();
    for asked in [google(&sandbox), microsoft(&sandbox, "organizations")] {
        let another = CodeRedemption {
            verifier: VERIFIER.to_uppercase().into(),
            ..code(&asked, ANNA, &[DRIVE]).await
        };
        let refused = asked.server().redeem(another).await.err().unwrap();
        assert_eq!(*refused.kind(), OAuthErrorKind::GrantRefused);

        let mut good = code(&asked, ANNA, &[DRIVE]).await;
        let again = CodeRedemption {
            code: good.code.clone(),
            issuer: good.issuer.take(),
            answered_issuer: None,
            ..crate::support::redemption("")
        };
        good.answered_issuer = None;
        assert!(asked.server().redeem(good).await.is_ok());
        let refused = asked.server().redeem(again).await.err().unwrap();
        assert_eq!(*refused.kind(), OAuthErrorKind::GrantRefused);
    }
}

#[tokio::test]
async fn a_wrong_secret_says_nothing_about_the_grant() {
    let sandbox = Sandbox::start();
    for asked in [google(&sandbox), microsoft(&sandbox, "common")] {
        let granted = granted(&asked, ANNA).await;
        let mut description = asked.server().description().clone();
        description.client_secret = "another".into();
        let refused = refreshed(&Asked::of(description), &granted).await.err();
        assert_eq!(refused, Some(OAuthErrorKind::ClientRefused));
        assert!(refreshed(&asked, &granted).await.is_ok());
    }
}

#[tokio::test]
async fn what_goes_wrong_is_told_by_what_the_server_may_have_done() {
    let sandbox = Sandbox::start();
    let asked = google(&sandbox);
    let granted = granted(&asked, ANNA).await;
    let answer = |status, error: Option<&str>, retry_after| Fault::Answer {
        status,
        error: error.map(str::to_owned),
        retry_after,
        after_effect: false,
    };
    let wait = |seconds| OAuthErrorKind::Unavailable {
        retry_after: Some(Duration::from_secs(seconds)),
    };
    for (fault, expected) in [
        (Fault::ResetBefore, OAuthErrorKind::AnswerLost),
        (Fault::LostAnswer, OAuthErrorKind::AnswerLost),
        (Fault::ResetInBody, OAuthErrorKind::AnswerLost),
        (Fault::Truncate, OAuthErrorKind::AnswerLost),
        (Fault::HalfClose, OAuthErrorKind::AnswerLost),
        (Fault::StallInBody, OAuthErrorKind::AnswerLost),
        (Fault::Stall, OAuthErrorKind::AnswerLost),
        (answer(503, None, Some(RetryAfter::Secs(7))), wait(7)),
        (
            answer(429, Some("invalid_grant"), Some(RetryAfter::Secs(4_000))),
            wait(600),
        ),
        (
            answer(400, Some("invalid_grant"), None),
            OAuthErrorKind::GrantRefused,
        ),
        (answer(401, None, None), OAuthErrorKind::ClientRefused),
    ] {
        let shown = format!("{fault:?}");
        sandbox.inject(FaultRule::on("POST /token", fault).times(1));
        let kind = refreshed(&asked, &granted).await.err();
        assert_eq!(kind, Some(expected), "{shown}");
        sandbox.behave();
        assert!(refreshed(&asked, &granted).await.is_ok(), "{shown}");
    }
}

#[tokio::test]
async fn strict_rotation_and_short_lives_are_seen() {
    let sandbox = Sandbox::start();
    let asked = microsoft(&sandbox, "common");
    let granted = granted(&asked, ANNA).await;
    sandbox.inject(FaultRule::on(
        "*/token",
        Fault::StrictRotation {
            reuse_ends_grant: false,
        },
    ));
    sandbox.inject(FaultRule::on("*/token", Fault::ExpiresIn { secs: 2 }));
    let renewed = refreshed(&asked, &granted).await.unwrap();
    assert_eq!(renewed.expires_in, Duration::from_secs(2));
    let used_up = refreshed(&asked, &granted).await.err();
    assert_eq!(used_up, Some(OAuthErrorKind::GrantRefused));
    assert!(refreshed(&asked, &renewed).await.is_ok());
}
