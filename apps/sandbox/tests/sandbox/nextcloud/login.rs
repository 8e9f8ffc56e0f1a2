//! Login Flow v2.

use std::time::Duration;

use serde_json::{Value, json};
use wharf_sandbox::Sandbox;

use super::{Client, anna};
use crate::client::{Answer, call};

/// A flow that was begun.
struct Flow {
    token: String,
    endpoint: String,
    login: String,
}

impl Flow {
    fn begin(url: &str) -> Self {
        let begin = call("POST", format!("{url}/index.php/login/v2"));
        let answer = begin.header("User-Agent", "A client <1.0>").send();
        assert_eq!(answer.status, 200);
        let answer = answer.json();
        let text = |pointer: &str| {
            answer
                .pointer(pointer)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        Self {
            token: text("/poll/token"),
            endpoint: text("/poll/endpoint"),
            login: text("/login"),
        }
    }

    fn poll(&self) -> Answer {
        call("POST", &self.endpoint).send_form(&[("token", &self.token)])
    }

    /// The page, or the answer of a script that has decided.
    fn page(&self, query: &str) -> Answer {
        call("GET", format!("{}{query}", self.login)).send()
    }

    fn say(&self, client: &Client, password: &str, decision: &str) -> Answer {
        call("POST", &self.login).send_form(&[
            ("user", &client.login_name),
            ("password", password),
            ("decision", decision),
        ])
    }

    fn grant(&self, client: &Client) {
        assert_eq!(self.say(client, &client.password, "grant").status, 200);
    }
}

fn app_passwords(sandbox: &Sandbox) -> usize {
    sandbox.nextcloud().state().app_passwords.len()
}

#[test]
fn a_granted_flow_is_answered_once() {
    let (sandbox, anna) = anna();
    let flow = Flow::begin(&anna.url);
    let pending = flow.poll();
    assert_eq!(pending.status, 404);
    assert_eq!(pending.json(), json!([]));
    let page = flow.page("");
    assert_eq!(page.header("Content-Type"), "text/html; charset=utf-8");
    assert!(page.text().contains("grant A client &lt;1.0&gt; access"));

    flow.grant(&anna);

    let granted = flow.poll();
    assert_eq!(granted.status, 200);
    let granted = granted.json();
    assert_eq!(granted["server"], anna.url);
    assert_eq!(granted["loginName"], anna.login_name);
    let app = anna.with(granted["appPassword"].as_str().unwrap());
    assert!(app.get("Welcome.txt").is_some());
    assert_eq!(flow.poll().status, 404);
    assert_eq!(flow.page("").status, 403);
    let left = sandbox.nextcloud().state().app_passwords;
    assert_eq!((left.len(), &*left[0].name), (1, "A client <1.0>"));
}

#[test]
fn a_wrong_password_asks_again_and_counts() {
    let (sandbox, anna) = anna();
    let flow = Flow::begin(&anna.url);
    let page = flow.say(&anna, "wrong", "grant").text();
    assert!(page.contains("Wrong login or password") && page.contains(&anna.login_name));
    assert_eq!(flow.poll().status, 404);
    let wrong: u64 = sandbox.nextcloud().state().wrong_passwords.values().sum();
    assert_eq!((wrong, app_passwords(&sandbox)), (1, 0));
    flow.grant(&anna);
    assert_eq!(flow.poll().status, 200);
}

#[test]
fn who_declines_leaves_nothing() {
    let (sandbox, anna) = anna();
    for query in [None, Some("?sandbox_decision=deny")] {
        let flow = Flow::begin(&anna.url);
        let said = match query {
            Some(query) => flow.page(query),
            None => flow.say(&anna, "", "deny"),
        };
        assert_eq!(said.status, 200);
        assert_eq!((flow.poll().status, flow.page("").status), (404, 403));
    }
    assert_eq!(app_passwords(&sandbox), 0);
}

#[test]
fn a_script_can_decide_without_the_page() {
    let (_sandbox, anna) = anna();
    let flow = Flow::begin(&anna.url);
    let grant = |user: &str| flow.page(&format!("?sandbox_decision=grant&user={user}"));
    assert_eq!(grant("nobody").status, 403);
    assert_eq!(grant(&anna.login_name).status, 200);
    assert_eq!(flow.poll().json()["loginName"], anna.login_name);
}

#[test]
fn a_flow_lives_for_twenty_minutes() {
    let (sandbox, anna) = anna();
    let (early, late) = (Flow::begin(&anna.url), Flow::begin(&anna.url));
    sandbox.advance_clock(Duration::from_secs(19 * 60));
    early.grant(&anna);
    late.grant(&anna);
    assert_eq!(early.poll().status, 200);
    sandbox.advance_clock(Duration::from_secs(60));
    assert_eq!((late.poll().status, late.page("").status), (404, 403));
    // What was made for it is there all the same.
    assert_eq!(app_passwords(&sandbox), 2);
}

#[test]
fn flows_do_not_mix() {
    let (_sandbox, anna) = anna();
    let (one, other) = (Flow::begin(&anna.url), Flow::begin(&anna.url));
    one.grant(&anna);
    assert_eq!((other.poll().status, one.poll().status), (404, 200));
    let nothing = call("POST", &one.endpoint).send_form(&[]);
    assert_eq!(nothing.status, 404);
    assert_eq!(call("GET", &one.endpoint).send().status, 405);
}

#[test]
fn every_address_is_beneath_the_path_that_was_asked() {
    let (sandbox, anna) = anna();
    let below = sandbox.nextcloud().access().sub_path_url;
    let flow = Flow::begin(&below);
    assert!(flow.endpoint.starts_with(&format!("{below}/")));
    assert!(flow.login.starts_with(&format!("{below}/")));
    flow.grant(&anna);
    let server: Value = flow.poll().json()["server"].clone();
    assert_eq!(server, below);
}
