//! Faults that show in what is answered; those that show on the wire alone are in `wire`.

use std::time::Duration;

use serde_json::json;
use ureq::SendBody;
use wharf_sandbox::{Fault, FaultRule, Provider, RetryAfter, Sandbox, Scenario};

use crate::application::{ANNA, BEN, CLARA, at_google, at_microsoft, live, text};
use crate::client::{call, call_as};

const BRIEF: Duration = Duration::from_millis(300);
const TOKEN: &str = "POST /token";

fn answer(status: u16) -> Fault {
    Fault::Answer {
        status,
        error: None,
        retry_after: None,
        after_effect: false,
    }
}

fn oauth_error(status: u16, error: &str) -> Fault {
    Fault::Answer {
        status,
        error: Some(error.to_owned()),
        retry_after: None,
        after_effect: false,
    }
}

#[test]
fn each_route_is_refused_in_its_own_words() {
    let sandbox = Sandbox::start();
    let (google, microsoft) = (at_google(&sandbox), at_microsoft(&sandbox));
    sandbox.inject(FaultRule::on("*token", oauth_error(400, "invalid_grant")));
    sandbox.inject(FaultRule::on("*", answer(503)));

    let refused = google.refresh(&sandbox.google().refresh_token);
    assert_eq!(refused.status, 400);
    let description = "The sandbox was told to answer so.";
    let expected = json!({"error": "invalid_grant", "error_description": description});
    assert_eq!(refused.json(), expected);
    let refused = microsoft.refresh(&sandbox.microsoft().refresh_token);
    assert_eq!(refused.status, 400);
    let body = refused.json();
    assert_eq!(text(&body, "/error"), "invalid_grant");
    assert!(text(&body, "/error_description").starts_with("AADSTS"));

    let drive = google.get("/drive/v3/about?fields=user", "any");
    assert_eq!(drive.status, 503);
    assert_eq!(
        text(&drive.json(), "/error/errors/0/reason"),
        "backendError"
    );
    let graph = microsoft.get("/v1.0/me", "any");
    assert_eq!(graph.status, 503);
    assert_eq!(text(&graph.json(), "/error/code"), "serviceNotAvailable");
    let webdav = call_as(&sandbox.webdav(), "GET", "Welcome.txt").send();
    assert_eq!((webdav.status, webdav.text()), (503, String::new()));
}

#[test]
fn retry_after_is_a_number_or_a_date_or_absent() {
    let sandbox = Sandbox::start();
    let google = at_google(&sandbox);
    let throttled = |retry_after| {
        let fault = Fault::Answer {
            status: 429,
            error: None,
            retry_after,
            after_effect: false,
        };
        sandbox.inject(FaultRule::on(TOKEN, fault).times(1));
        let answer = google.refresh(&sandbox.google().refresh_token);
        assert_eq!(answer.status, 429);
        let header = answer.headers.get("Retry-After").cloned();
        header.map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(throttled(None), None);
    assert_eq!(throttled(Some(RetryAfter::Secs(7))).as_deref(), Some("7"));
    // A year on, the date is in that year: the sandbox's clock counts.
    let year = Duration::from_secs(365 * 24 * 3600);
    let now = throttled(Some(RetryAfter::DateInSecs(0))).unwrap();
    sandbox.advance_clock(year);
    let then = throttled(Some(RetryAfter::DateInSecs(0))).unwrap();
    let date = |text: &str| httpdate::parse_http_date(text).unwrap();
    let between = date(&then).duration_since(date(&now)).unwrap();
    assert!(between >= year, "{now} {then}");
}

#[test]
fn a_fault_is_for_some_routes_accounts_and_counts() {
    let sandbox = Sandbox::start();
    let google = at_google(&sandbox);
    let (annas, bens) = (google.connect(ANNA), google.connect(BEN));
    sandbox.inject(
        FaultRule::on(TOKEN, answer(500))
            .account(ANNA)
            .skip(1)
            .times(2),
    );
    sandbox.inject(FaultRule::on("*", answer(502)).probability(0.0));
    let status = |tokens| google.refresh(text(tokens, "/refresh_token")).status;
    assert_eq!([(); 4].map(|()| status(&annas)), [200, 500, 500, 200]);
    assert_eq!(status(&bens), 200);
    assert_eq!(sandbox.faults()[0].met, 2);
    sandbox.behave();
    assert_eq!(sandbox.faults(), []);
}

#[test]
fn an_effect_may_come_before_the_refusal() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let refused = |after_effect| Fault::Answer {
        status: 500,
        error: None,
        retry_after: None,
        after_effect,
    };
    let put = |fault| {
        sandbox.inject(FaultRule::on("PUT /dav/anna/*", fault).times(1));
        call_as(&anna, "PUT", "new.bin").send_bytes(&[7; 1_000_000])
    };
    assert_eq!(put(refused(false)).status, 500);
    assert_eq!(call_as(&anna, "GET", "new.bin").send().status, 404);
    assert_eq!(put(refused(true)).status, 500);
    let there = call_as(&anna, "GET", "new.bin").send();
    assert_eq!(there.bytes().len(), 1_000_000);

    let effects: Vec<bool> = sandbox
        .requests()
        .into_iter()
        .filter(|request| request.method == "PUT")
        .map(|request| request.took_effect)
        .collect();
    assert_eq!(effects, [false, true]);
}

#[test]
fn a_lost_answer_leaves_its_effect_behind() {
    let sandbox = Sandbox::start();
    let microsoft = at_microsoft(&sandbox);
    sandbox.inject(FaultRule::on("POST */token", Fault::LostAnswer).times(1));
    let token = sandbox.microsoft().refresh_token;
    let form = format!(
        "grant_type=refresh_token&refresh_token={token}&client_id={}&client_secret=sbx8Q%7Enot%2Ba%2Fsecret%3Dat.all",
        microsoft.client_id
    );
    let lost = call("POST", &microsoft.token_url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .try_send(SendBody::from_reader(&mut form.as_bytes()));
    assert!(lost.is_err());
    let request = sandbox.requests().pop().unwrap();
    assert_eq!((request.took_effect, request.status), (true, None));
    assert_eq!(live(&sandbox, Provider::Microsoft, CLARA), (true, 2, 1));
    assert_eq!(microsoft.refresh(&token).status, 200);
}

#[test]
fn access_tokens_may_be_short_lived() {
    let sandbox = Sandbox::start();
    let google = at_google(&sandbox);
    sandbox.inject(FaultRule::on(TOKEN, Fault::ExpiresIn { secs: 5 }));
    let tokens = google.connect(ANNA);
    assert_eq!(tokens["expires_in"], 5);
    let access = text(&tokens, "/access_token");
    assert_eq!(google.get("/oauth2/v3/userinfo", access).status, 200);
    sandbox.advance_clock(Duration::from_secs(5));
    assert_eq!(google.get("/oauth2/v3/userinfo", access).status, 401);
}

#[test]
fn google_may_be_strict_too() {
    let sandbox = Sandbox::start();
    let google = at_google(&sandbox);
    let strict = Fault::StrictRotation {
        reuse_ends_grant: false,
    };
    sandbox.inject(FaultRule::on(TOKEN, strict).account(ANNA));
    let first = google.connect(ANNA);
    let first = text(&first, "/refresh_token");
    let second = google.refresh(first).json();
    assert_eq!(google.refresh(first).status, 400);
    assert_eq!(google.refresh(text(&second, "/refresh_token")).status, 200);
}

#[test]
fn latency_keeps_an_impatient_client_waiting() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let minute = Fault::Latency { ms: 60_000 };
    sandbox.inject(FaultRule::on("GET /dav/*", minute).times(1));
    let get = || call_as(&anna, "GET", "Welcome.txt").patience(BRIEF);
    assert!(get().try_send(SendBody::none()).is_err());
    assert_eq!(sandbox.requests()[0].status, None);
    sandbox.behave();
    sandbox.inject(FaultRule::on("GET /dav/*", Fault::Latency { ms: 1 }));
    assert_eq!(get().send().status, 200);
}

#[test]
fn oddity_is_a_fault_among_others() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let odd = Fault::Odd {
        scenario: Scenario::Full,
    };
    sandbox.inject(FaultRule::on("*", odd).account("anna").times(1));
    let put = || call_as(&anna, "PUT", "new.txt").send_bytes(b"new").status;
    assert_eq!(put(), 507);
    assert_eq!(put(), 201);
}
