//! The simulated Google, as an application meets it.

use std::time::Duration;

use serde_json::json;
use wharf_sandbox::{Provider, Sandbox};

use crate::application::{
    ANNA, BEN, CLARA, DRIVE, REDIRECT_URI, SentBack, TEN_MINUTES_SECS, VERIFIER, at_google, live,
    text,
};
use crate::client::{Answer, call};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

#[track_caller]
fn assert_refused(answer: Answer, status: u16, error: &str, description: &str) {
    assert_eq!(answer.status, status);
    let expected = json!({"error": error, "error_description": description});
    assert_eq!(answer.json(), expected);
}

#[test]
fn the_page_asks_whose_account_and_its_form_leads_back() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let page = app.ask(&[]);
    assert_eq!(page.status, 200);
    let page = page.text();
    for person in [ANNA, BEN, CLARA] {
        let choice = format!("type=\"radio\" name=\"account\" value=\"{person}\"");
        assert!(page.contains(&choice), "{person} in {page}");
    }
    assert!(page.contains("Ben O&#39;Neill &amp; Söhne"), "{page}");
    let tick = format!("type=\"checkbox\" name=\"granted\" value=\"{DRIVE}\" checked");
    assert!(page.contains(&tick), "{page}");
    assert!(page.contains("name=\"state\" value=\"a state &amp; more\""));

    let mut form = app.request();
    form.extend([
        ("account", BEN.to_owned()),
        ("granted", DRIVE.to_owned()),
        ("decision", "grant".to_owned()),
    ]);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, &**value)).collect();
    let sent_back = SentBack::of(&call("POST", &app.auth_url).send_form(&form));
    assert_eq!(sent_back.get("at").as_deref(), Some("home"));
    assert_eq!(sent_back.get("state").as_deref(), Some("a state & more"));
    assert_eq!(sent_back.get("iss"), Some(app.api_url.clone()));
    assert!(sent_back.get("scope").unwrap().contains(DRIVE));

    let tokens = app.redeem(&sent_back.get("code").unwrap()).json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3599);
    let userinfo = app.get("/oauth2/v3/userinfo", text(&tokens, "/access_token"));
    assert_eq!(
        userinfo.json(),
        json!({
            "sub": "105555555555555555552",
            "email": BEN,
            "email_verified": true,
            "name": "Ben O'Neill & Söhne",
        })
    );
}

#[test]
fn a_request_that_cannot_be_answered_gets_a_page() {
    let sandbox = Sandbox::start();
    sandbox.register_redirect_uri(Provider::Google, REDIRECT_URI);
    let app = at_google(&sandbox);
    for (name, value, status, words) in [
        ("client_id", "other", 401, "Error 401: invalid_client"),
        ("client_id", "", 400, "client_id"),
        (
            "redirect_uri",
            "http://127.0.0.1:9/callback",
            400,
            "Error 400: redirect_uri_mismatch",
        ),
        ("redirect_uri", "", 400, "redirect_uri"),
        ("response_type", "token", 400, "unsupported_response_type"),
        ("scope", "", 400, "scope"),
        (
            "code_challenge_method",
            "S512",
            400,
            "code_challenge_method",
        ),
    ] {
        let answer = app.ask(&[(name, value), ("sandbox_decision", "deny")]);
        assert_eq!(answer.status, status, "{name}={value}");
        assert_eq!(answer.header("Location"), "");
        let page = answer.text();
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[test]
fn a_person_may_say_no() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let sent_back = SentBack::of(&app.ask(&[("sandbox_decision", "deny")]));
    assert_eq!(sent_back.get("error").as_deref(), Some("access_denied"));
    assert_eq!(sent_back.get("state").as_deref(), Some("a state & more"));
    assert_eq!(sent_back.get("code"), None);
    assert_eq!(live(&sandbox, Provider::Google, ANNA), (false, 0, 0));
}

#[test]
fn an_unticked_scope_is_not_granted() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let mut form = app.request();
    form.extend([
        ("account", ANNA.to_owned()),
        ("decision", "grant".to_owned()),
    ]);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, &**value)).collect();
    let sent_back = SentBack::of(&call("POST", &app.auth_url).send_form(&form));
    let tokens = app.redeem(&sent_back.get("code").unwrap()).json();
    assert_eq!(
        tokens["scope"],
        "openid https://www.googleapis.com/auth/userinfo.email \
         https://www.googleapis.com/auth/userinfo.profile"
    );
    let about = app.get(
        "/drive/v3/about?fields=user",
        text(&tokens, "/access_token"),
    );
    assert_eq!(about.status, 403);
    assert_eq!(
        text(&about.json(), "/error/errors/0/reason"),
        "insufficientPermissions"
    );
}

#[test]
fn a_code_is_for_whoever_has_the_verifier() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let code = app.grant(ANNA, &[]).get("code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT_URI),
    ];
    let missing = app.exchange(&form);
    assert_refused(missing, 400, "invalid_grant", "Missing code verifier.");
    let wrong = [&form[..], &[("code_verifier", "another")]].concat();
    let wrong = app.exchange(&wrong);
    assert_refused(wrong, 400, "invalid_grant", "Invalid code verifier.");
    assert_eq!(app.redeem(&code).status, 200);
}

#[test]
fn a_code_works_once_for_ten_minutes_at_its_address() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let code = app.grant(ANNA, &[]).get("code").unwrap();
    assert_eq!(app.redeem(&code).status, 200);
    assert_refused(app.redeem(&code), 400, "invalid_grant", "Bad Request");

    let code = app.grant(ANNA, &[]).get("code").unwrap();
    let elsewhere = app.exchange(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "http://127.0.0.1:9/callback"),
        ("code_verifier", VERIFIER),
    ]);
    assert_refused(elsewhere, 400, "redirect_uri_mismatch", "Bad Request");
    sandbox.advance_clock(Duration::from_secs(TEN_MINUTES_SECS));
    assert_refused(app.redeem(&code), 400, "invalid_grant", "Bad Request");

    let unknown = app.redeem("4/unknown");
    assert_refused(unknown, 400, "invalid_grant", "Malformed auth code.");
}

#[test]
fn a_mistaken_request_is_told_what_is_wrong() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let (id, secret) = (&*app.client_id, &*app.client_secret);
    for (form, status, error, description) in [
        (
            vec![("client_id", id), ("client_secret", secret)],
            400,
            "invalid_request",
            "Missing required parameter: grant_type",
        ),
        (
            vec![
                ("client_id", id),
                ("client_secret", secret),
                ("grant_type", "password"),
            ],
            400,
            "unsupported_grant_type",
            "Invalid grant_type: password",
        ),
        (
            vec![
                ("client_id", id),
                ("client_secret", secret),
                ("grant_type", "refresh_token"),
                ("refresh_token", ""),
            ],
            400,
            "invalid_request",
            "Missing required parameter: refresh_token",
        ),
        (
            vec![("client_id", id), ("client_secret", "wrong")],
            401,
            "invalid_client",
            "The provided client secret is invalid.",
        ),
        (
            vec![("client_id", "other"), ("client_secret", secret)],
            401,
            "invalid_client",
            "The OAuth client was not found.",
        ),
        (
            vec![("client_id", id)],
            400,
            "invalid_request",
            "client_secret is missing.",
        ),
    ] {
        let answer = call("POST", &app.token_url).send_form(&form);
        assert_refused(answer, status, error, description);
    }
    let unknown = app.refresh("1//unknown");
    assert_refused(unknown, 400, "invalid_grant", "Bad Request");
}

#[test]
fn the_second_consent_brings_no_refresh_token_unless_asked_for() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let tokens = |changes: &[(&str, &str)]| {
        let code = app.grant(ANNA, changes).get("code").unwrap();
        app.redeem(&code).json()
    };
    assert_eq!(tokens(&[("access_type", "")]).get("refresh_token"), None);
    assert!(tokens(&[])["refresh_token"].is_string());
    assert_eq!(tokens(&[]).get("refresh_token"), None);
    assert!(tokens(&[("prompt", "select_account consent")])["refresh_token"].is_string());
    assert_eq!(live(&sandbox, Provider::Google, ANNA), (true, 2, 4));
}

#[test]
fn a_refresh_token_stays_as_it_is_while_it_is_used() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let tokens = app.connect(ANNA);
    let (access, refresh) = (
        text(&tokens, "/access_token"),
        text(&tokens, "/refresh_token"),
    );
    assert_eq!(app.get("/oauth2/v3/userinfo", access).status, 200);
    sandbox.advance_clock(HOUR);
    let expired = app.get("/oauth2/v3/userinfo", access);
    assert_refused(expired, 401, "invalid_request", "Invalid Credentials");

    for _ in 0..3 {
        sandbox.advance_clock(100 * DAY);
        let answer = app.refresh(refresh);
        assert_eq!(answer.status, 200);
        let answer = answer.json();
        assert_eq!(answer.get("refresh_token"), None);
        let renewed = text(&answer, "/access_token");
        assert_eq!(app.get("/oauth2/v3/userinfo", renewed).status, 200);
    }
    sandbox.advance_clock(183 * DAY);
    let forgotten = app.refresh(refresh);
    let description = "Token has been expired or revoked.";
    assert_refused(forgotten, 400, "invalid_grant", description);
}

#[test]
fn one_revocation_ends_everything_between_the_person_and_the_application() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let (first, again) = (
        app.connect(ANNA),
        app.grant(ANNA, &[("prompt", "consent")])
            .get("code")
            .unwrap(),
    );
    let second = app.redeem(&again).json();
    let bens = app.connect(BEN);
    let revoke_url = sandbox.google().revoke_url;
    let revoke = |token: &str| call("POST", &revoke_url).send_form(&[("token", token)]);

    assert_eq!(revoke(text(&first, "/refresh_token")).status, 200);

    let gone = app.refresh(text(&second, "/refresh_token"));
    let description = "Token has been expired or revoked.";
    assert_refused(gone, 400, "invalid_grant", description);
    let access = text(&second, "/access_token");
    assert_eq!(app.get("/oauth2/v3/userinfo", access).status, 401);
    assert_eq!(live(&sandbox, Provider::Google, ANNA), (false, 0, 0));
    assert_eq!(app.refresh(text(&bens, "/refresh_token")).status, 200);

    let twice = revoke(text(&first, "/refresh_token"));
    assert_refused(twice, 400, "invalid_token", "Token expired or revoked");
    // An access token does as well, and the next consent is a first one again.
    let third = app.connect(ANNA);
    assert!(third["refresh_token"].is_string());
    assert_eq!(revoke(text(&third, "/access_token")).status, 200);
    assert_eq!(app.refresh(text(&third, "/refresh_token")).status, 400);
}

#[test]
fn the_hundred_and_first_refresh_token_displaces_the_first() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let token = || {
        let code = app.grant(ANNA, &[("prompt", "consent")]).get("code");
        let tokens = app.redeem(&code.unwrap()).json();
        text(&tokens, "/refresh_token").to_owned()
    };
    let tokens: Vec<String> = std::iter::repeat_with(token).take(101).collect();
    assert_eq!(app.refresh(&tokens[0]).status, 400);
    assert_eq!(app.refresh(&tokens[1]).status, 200);
    assert_eq!(app.refresh(&tokens[100]).status, 200);
}

#[test]
fn about_tells_whose_drive_and_how_full() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let tokens = app.refresh(&sandbox.google().refresh_token).json();
    let access = text(&tokens, "/access_token");
    let about = app
        .get("/drive/v3/about?fields=user,storageQuota", access)
        .json();
    assert_eq!(text(&about, "/user/emailAddress"), CLARA);
    assert_eq!(text(&about, "/storageQuota/limit"), "16106127360");
    assert_eq!(about.get("importFormats"), None);
    assert_eq!(app.get("/drive/v3/about", access).status, 400);
    assert_eq!(app.get("/drive/v3/about?fields=*", "unknown").status, 401);

    let absent = app.get("/drive/v3/nothing", access);
    assert_eq!(absent.status, 404);
    assert_eq!(text(&absent.json(), "/error/errors/0/reason"), "notFound");
}
