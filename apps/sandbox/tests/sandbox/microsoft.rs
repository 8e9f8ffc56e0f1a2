//! The simulated Microsoft, as an application meets it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use wharf_sandbox::{Fault, FaultRule, Provider, Sandbox};

use crate::application::{
    ANNA, BEN, CLARA, REDIRECT_URI, SentBack, TEN_MINUTES_SECS, VERIFIER, at_microsoft, live, text,
};
use crate::client::{Answer, call};

const DAY: Duration = Duration::from_secs(24 * 3600);
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const TOKEN: &str = "POST */oauth2/v2.0/token";

#[track_caller]
fn assert_refused(answer: Answer, status: u16, error: &str, code: u32) {
    assert_eq!(answer.status, status);
    let body = answer.json();
    assert_eq!(body["error"], error);
    assert_eq!(body["error_codes"], serde_json::json!([code]));
    let description = text(&body, "/error_description");
    assert!(description.starts_with(&format!("AADSTS{code}: ")));
    assert!(description.contains(text(&body, "/trace_id")));
    assert!(description.ends_with(text(&body, "/timestamp")));
}

#[test]
fn a_person_grants_and_graph_knows_who() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let sent_back = app.grant(BEN, &[]);
    assert_eq!(sent_back.get("state").as_deref(), Some("a state & more"));
    let answer = app.redeem(&sent_back.get("code").unwrap());
    assert_eq!(answer.header("Cache-Control"), "no-store, no-cache");
    let tokens = answer.json();
    assert_eq!(
        tokens["scope"],
        "openid profile email User.Read Files.ReadWrite"
    );
    let access = text(&tokens, "/access_token");
    let me = app.get("/v1.0/me", access).json();
    assert_eq!(text(&me, "/userPrincipalName"), BEN);
    assert_eq!(text(&me, "/id"), "5be09e11ab0de002");
    assert_eq!(me["mail"], Value::Null);
    let drive = app.get("/v1.0/me/drive", access).json();
    assert_eq!(text(&drive, "/driveType"), "personal");
    assert!(drive.pointer("/quota/remaining").unwrap().is_u64());

    for path in ["/v1.0/me", "/v1.0/me/drive"] {
        let refused = app.get(path, "unknown");
        assert_eq!(refused.status, 401);
        assert_eq!(
            text(&refused.json(), "/error/code"),
            "InvalidAuthenticationToken"
        );
    }
    assert_eq!(app.get("/v1.0/users", access).status, 404);
}

#[test]
fn the_id_token_tells_tenant_and_object_and_is_signed() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let tokens = app.connect(BEN);
    let metadata = format!(
        "{}/common/v2.0/.well-known/openid-configuration",
        app.api_url
    );
    let metadata = call("GET", metadata).send().json();
    let keys = call("GET", text(&metadata, "/jwks_uri")).send().json();
    let (x, y) = (text(&keys, "/keys/0/x"), text(&keys, "/keys/0/y"));
    let key = DecodingKey::from_ec_components(x, y).unwrap();
    let mut wanted = Validation::new(Algorithm::ES256);
    wanted.set_audience(&[&app.client_id]);
    let issuer = text(&metadata, "/issuer").replace("{tenantid}", CONSUMERS);
    wanted.set_issuer(&[issuer]);

    let token = text(&tokens, "/id_token");
    let claims = jsonwebtoken::decode::<Value>(token, &key, &wanted)
        .unwrap()
        .claims;
    assert_eq!(claims["tid"], CONSUMERS);
    assert_eq!(claims["oid"], "00000000-0000-0000-5be0-9e11ab0de002");
    assert_eq!(claims["preferred_username"], BEN);
    assert_eq!(claims["nonce"], "a nonce");

    let other = Sandbox::start();
    let keys = format!(
        "{}/common/discovery/v2.0/keys",
        at_microsoft(&other).api_url
    );
    let keys = call("GET", keys).send().json();
    let (x, y) = (text(&keys, "/keys/0/x"), text(&keys, "/keys/0/y"));
    let key = DecodingKey::from_ec_components(x, y).unwrap();
    assert!(jsonwebtoken::decode::<Value>(token, &key, &wanted).is_err());
}

#[test]
fn a_refresh_token_is_replaced_and_works_on() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let tokens = app.connect(ANNA);
    let first = text(&tokens, "/refresh_token");
    let answer = app.refresh(first).json();
    let second = text(&answer, "/refresh_token");
    assert_ne!(first, second);
    assert_eq!(app.refresh(first).status, 200);
    assert_eq!(app.refresh(second).status, 200);
    assert_eq!(live(&sandbox, Provider::Microsoft, ANNA).1, 4);

    sandbox.advance_clock(90 * DAY);
    assert_refused(app.refresh(second), 400, "invalid_grant", 700_082);
}

#[test]
fn a_strict_provider_refuses_the_predecessor() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let rotation = |reuse_ends_grant| Fault::StrictRotation { reuse_ends_grant };
    sandbox.inject(FaultRule::on(TOKEN, rotation(false)));
    let tokens = app.connect(ANNA);
    let first = text(&tokens, "/refresh_token");
    let answer = app.refresh(first).json();
    let second = text(&answer, "/refresh_token");
    assert_refused(app.refresh(first), 400, "invalid_grant", 70000);
    assert_eq!(app.refresh(second).status, 200);

    sandbox.behave();
    sandbox.inject(FaultRule::on(TOKEN, rotation(true)));
    let answer = app
        .refresh(text(&app.connect(BEN), "/refresh_token"))
        .json();
    assert_eq!(app.refresh(text(&answer, "/refresh_token")).status, 200);
    let third = text(&answer, "/refresh_token");
    assert_refused(app.refresh(third), 400, "invalid_grant", 70000);
    assert_eq!(live(&sandbox, Provider::Microsoft, BEN), (false, 0, 0));
    assert_refused(app.refresh(third), 400, "invalid_grant", 65001);
    // Others are not concerned.
    assert!(live(&sandbox, Provider::Microsoft, ANNA).0);
}

#[test]
fn without_offline_access_there_is_no_refresh_token() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let scope = ("scope", "https://graph.microsoft.com/Files.Read");
    let code = app.grant(ANNA, &[scope]).get("code").unwrap();
    let tokens = app.redeem(&code).json();
    assert_eq!(tokens["scope"], "Files.Read");
    assert_eq!(tokens.get("refresh_token"), None);
    assert_eq!(tokens.get("id_token"), None);
    let access = text(&tokens, "/access_token");
    assert_eq!(app.get("/v1.0/me/drive", access).status, 200);
    let refused = app.get("/v1.0/me", access);
    assert_eq!(refused.status, 403);
    assert_eq!(text(&refused.json(), "/error/code"), "accessDenied");
}

#[test]
fn a_token_may_be_for_less_than_was_granted() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let refresh = |token: &str, scope: &str| {
        app.exchange(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("scope", scope),
        ])
    };
    let token = sandbox.microsoft().refresh_token;
    let less = refresh(&token, "https://graph.microsoft.com/User.Read").json();
    assert_eq!(less["scope"], "User.Read");
    let access = text(&less, "/access_token");
    assert_eq!(app.get("/v1.0/me", access).status, 200);
    assert_eq!(app.get("/v1.0/me/drive", access).status, 403);
    // What was refused left the token as it was.
    let strict = Fault::StrictRotation {
        reuse_ends_grant: false,
    };
    sandbox.inject(FaultRule::on(TOKEN, strict));
    let second = text(&less, "/refresh_token");
    assert_refused(refresh(second, "Mail.Read"), 400, "invalid_grant", 65001);
    let all = refresh(second, "https://graph.microsoft.com/.default").json();
    let access = text(&all, "/access_token");
    assert_eq!(app.get("/v1.0/me/drive", access).status, 200);
}

#[test]
fn each_mistake_has_its_number() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let code = app.grant(ANNA, &[]).get("code").unwrap();
    let redeem = |changes: &[(&str, &str)]| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        // The first parameter of a name counts.
        app.exchange(&[changes, &form].concat())
    };
    for (name, value, error, number) in [
        ("grant_type", "password", "unsupported_grant_type", 70003),
        ("code_verifier", "wrong", "invalid_grant", 501_481),
        (
            "redirect_uri",
            "http://127.0.0.1:9/",
            "invalid_grant",
            500_112,
        ),
        ("code", "unknown", "invalid_grant", 9_002_313),
        ("scope", "https://other.example/All", "invalid_scope", 70011),
        ("scope", "Mail.Read", "invalid_grant", 65001),
    ] {
        assert_refused(redeem(&[(name, value)]), 400, error, number);
    }
    let unverified = app.exchange(&[
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT_URI),
    ]);
    assert_refused(unverified, 400, "invalid_grant", 501_481);
    assert_eq!(redeem(&[]).status, 200);
    assert_refused(redeem(&[]), 400, "invalid_grant", 54005);
    assert_refused(app.exchange(&[]), 400, "invalid_request", 900_144);
    assert_refused(app.refresh(""), 400, "invalid_grant", 9_002_313);
    assert_refused(app.refresh("unknown"), 400, "invalid_grant", 70000);

    let code = app.grant(ANNA, &[]).get("code").unwrap();
    sandbox.advance_clock(Duration::from_secs(TEN_MINUTES_SECS));
    assert_refused(app.redeem(&code), 400, "invalid_grant", 70008);
}

#[test]
fn a_client_has_to_prove_who_it_is() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let token = sandbox.microsoft().refresh_token;
    let form = [("grant_type", "refresh_token"), ("refresh_token", &*token)];
    let as_client = |id: &str, secret: &str| {
        let credentials = [("client_id", id), ("client_secret", secret)];
        call("POST", &app.token_url).send_form(&[&credentials[..], &form].concat())
    };
    let (id, secret) = (&*app.client_id, &*app.client_secret);
    assert_refused(as_client(id, "wrong"), 401, "invalid_client", 7_000_215);
    assert_refused(as_client(id, ""), 401, "invalid_client", 7_000_218);
    assert_refused(
        as_client("other", secret),
        400,
        "unauthorized_client",
        700_016,
    );
    assert_eq!(as_client(id, secret).status, 200);

    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let basic = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    let answer = call("POST", &app.token_url)
        .header("Authorization", format!("Basic {basic}"))
        .send_form(&form);
    assert_eq!(answer.status, 200);
}

#[test]
fn a_tenant_admits_its_own_people() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let at = |tenant: &str| {
        let mut app = at_microsoft(&sandbox);
        app.auth_url = app.auth_url.replace("common", tenant);
        app
    };
    let admitted = |tenant: &str| {
        let page = at(tenant).ask(&[]).text();
        [ANNA, BEN, CLARA].map(|person| page.contains(person))
    };
    assert_eq!(admitted("common"), [true, true, true]);
    assert_eq!(admitted("organizations"), [true, false, true]);
    assert_eq!(admitted("consumers"), [false, true, false]);
    assert_eq!(admitted(CONSUMERS), [false, true, false]);
    let forced = [("login_hint", ANNA), ("sandbox_decision", "grant")];
    let refused = at("consumers").ask(&forced);
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("AADSTS50020"));
    let unknown = at("nowhere").ask(&forced);
    assert!(unknown.text().contains("AADSTS90002"));

    let token_url = app.token_url.replace("common", "nowhere");
    let answer = call("POST", token_url).send_form(&[]);
    assert_refused(answer, 400, "invalid_request", 90002);
}

#[test]
fn a_request_that_cannot_be_answered_gets_a_page() {
    let sandbox = Sandbox::start();
    sandbox.register_redirect_uri(Provider::Microsoft, REDIRECT_URI);
    let app = at_microsoft(&sandbox);
    for (name, value, words) in [
        ("client_id", "other", "AADSTS700016"),
        ("redirect_uri", "https://app.example/", "AADSTS50011"),
        ("response_type", "", "AADSTS900144"),
        ("scope", "", "AADSTS900144"),
    ] {
        let answer = app.ask(&[(name, value), ("sandbox_decision", "deny")]);
        assert_eq!((answer.status, answer.header("Location")), (400, ""));
        let page = answer.text();
        assert!(page.contains(words), "{words} in {page}");
    }
    let sent_back = SentBack::of(&app.ask(&[("sandbox_decision", "deny")]));
    assert_eq!(sent_back.get("error").as_deref(), Some("access_denied"));
    assert_eq!(sent_back.get("error_subcode").as_deref(), Some("cancel"));
}

#[test]
fn a_person_takes_the_grant_back() {
    let sandbox = Sandbox::start();
    let app = at_microsoft(&sandbox);
    let tokens = app.connect(ANNA);
    assert!(sandbox.revoke(Provider::Microsoft, ANNA));
    assert!(!sandbox.revoke(Provider::Microsoft, ANNA));
    assert!(!sandbox.revoke(Provider::Google, "nobody@example.com"));
    let refused = app.refresh(text(&tokens, "/refresh_token"));
    assert_refused(refused, 400, "invalid_grant", 65001);
    let access = text(&tokens, "/access_token");
    assert_eq!(app.get("/v1.0/me", access).status, 401);
}
