//! The control routes, as a test in another language uses them.

use serde_json::{Value, json};
use wharf_sandbox::{Provider, Sandbox};

use crate::application::{ANNA, REDIRECT_URI, at_google, text};
use crate::client::{Answer, call, call_as};

fn control(sandbox: &Sandbox, method: &'static str, path: &str) -> Answer {
    call(method, format!("{}{path}", sandbox.control_url())).send()
}

fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Answer {
    call("POST", format!("{}{path}", sandbox.control_url())).send_json(body)
}

#[test]
fn faults_come_and_go() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let get = || call_as(&anna, "GET", "Welcome.txt").send().status;
    let order = json!({
        "route": "GET /dav/*",
        "account": "anna",
        "times": 1,
        "fault": {"kind": "answer", "status": 429, "retry_after": {"secs": 3}},
    });
    let added = post(&sandbox, "/faults", &order);
    assert_eq!(added.status, 201);
    let id = added.json()["id"].as_u64().unwrap();
    assert_eq!([get(), get()], [429, 200]);
    let listed = control(&sandbox, "GET", "/faults").json();
    assert_eq!(listed[0]["met"], 1);
    assert_eq!(
        listed[0]["fault"],
        json!({
            "kind": "answer", "status": 429, "retry_after": {"secs": 3}, "after_effect": false,
        })
    );
    assert_eq!(
        control(&sandbox, "DELETE", &format!("/faults/{id}")).status,
        204
    );
    assert_eq!(
        control(&sandbox, "DELETE", &format!("/faults/{id}")).status,
        404
    );

    let odd = json!({"fault": {"kind": "odd", "scenario": "unavailable"}});
    assert_eq!(post(&sandbox, "/faults", &odd).status, 201);
    assert_eq!(get(), 503);
    assert_eq!(control(&sandbox, "DELETE", "/faults").status, 204);
    assert_eq!(get(), 200);
    for wrong in [
        json!({"fault": {"kind": "earthquake"}}),
        json!({"fault": {"kind": "odd", "scenario": "htm"}}),
        json!({"rout": "*", "fault": {"kind": "stall"}}),
    ] {
        assert_eq!(post(&sandbox, "/faults", &wrong).status, 400, "{wrong}");
    }
}

#[test]
fn faults_do_not_reach_the_control_routes_and_these_are_not_logged() {
    let sandbox = Sandbox::start();
    let everything = json!({"fault": {"kind": "reset-before"}});
    assert_eq!(post(&sandbox, "/faults", &everything).status, 201);
    assert_eq!(control(&sandbox, "GET", "/requests").json(), json!([]));
    assert_eq!(control(&sandbox, "DELETE", "/faults").status, 204);
}

#[test]
fn requests_are_found_by_what_they_were() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let tokens = app.connect(ANNA);
    app.refresh(text(&tokens, "/refresh_token"));
    app.refresh("unknown");
    let found = |query: &str| {
        let found = control(&sandbox, "GET", &format!("/requests?{query}")).json();
        found.as_array().unwrap().len()
    };
    assert_eq!(found(""), 4);
    assert_eq!(found("path=/token"), 3);
    assert_eq!(found("path=/o/*&method=GET"), 1);
    assert_eq!(found("grant_type=refresh_token"), 2);
    assert_eq!(found("grant_type=refresh_token&took_effect=true"), 1);
    assert_eq!(found("account=anna@example.com"), 3);
    assert_eq!(found("status=400"), 1);
    assert_eq!(found("since=2"), 2);
    assert_eq!(control(&sandbox, "GET", "/requests?pth=x").status, 400);
    assert_eq!(control(&sandbox, "DELETE", "/requests").status, 204);
    assert_eq!(found(""), 0);
    app.refresh("unknown");
    assert_eq!(found("since=4"), 1);
}

#[test]
fn grants_are_counted_and_taken_back() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let tokens = app.connect(ANNA);
    let annas = || {
        let all = control(&sandbox, "GET", "/accounts").json();
        let mut all = all.as_array().unwrap().iter();
        let annas = all.find(|live| live["account"] == ANNA && live["provider"] == "google");
        annas.cloned().unwrap()
    };
    let expected = |has_grant, refresh_tokens, access_tokens| {
        json!({
            "provider": "google",
            "account": ANNA,
            "has_grant": has_grant,
            "refresh_tokens": refresh_tokens,
            "access_tokens": access_tokens,
        })
    };
    assert_eq!(annas(), expected(true, 1, 1));
    let hour = post(&sandbox, "/clock", &json!({"secs": 3600}));
    let now = hour.json()["now_ms"].as_u64().unwrap();
    let later = control(&sandbox, "GET", "/clock").json()["now_ms"].as_u64();
    assert!(later.unwrap() >= now);
    assert_eq!(annas(), expected(true, 1, 0));
    let whose = json!({"provider": "google", "account": ANNA});
    let revoked = post(&sandbox, "/revoke", &whose);
    assert_eq!(revoked.json(), json!({"revoked": true}));
    assert_eq!(annas(), expected(false, 0, 0));
    assert_eq!(app.refresh(text(&tokens, "/refresh_token")).status, 400);
    let nobody = json!({"provider": "google", "account": "nobody@example.com"});
    assert_eq!(post(&sandbox, "/revoke", &nobody).status, 404);
}

#[test]
fn redirect_uris_can_be_registered() {
    let sandbox = Sandbox::start();
    let app = at_google(&sandbox);
    let grants = |app: &crate::application::Application| {
        let decided = [("login_hint", ANNA), ("sandbox_decision", "grant")];
        app.ask(&decided).status
    };
    assert_eq!(grants(&app), 302);
    let other = json!({"provider": Provider::Google, "redirect_uri": "https://app.example/"});
    assert_eq!(post(&sandbox, "/redirect-uris", &other).status, 204);
    assert_eq!(grants(&app), 400);
    let ours = json!({"provider": "google", "redirect_uri": REDIRECT_URI});
    assert_eq!(post(&sandbox, "/redirect-uris", &ours).status, 204);
    assert_eq!(grants(&app), 302);
}
