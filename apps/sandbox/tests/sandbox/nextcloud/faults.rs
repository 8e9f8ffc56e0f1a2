//! What goes wrong on demand, in Nextcloud's words.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;
use wharf_sandbox::{Fault, FaultRule, LoginUrl, Sandbox};

use super::{Client, anna, element};
use crate::client::{Answer, call};

/// The SHA-256 of `whole`, by sha256sum.
const WHOLE: &str = "5d5766cf2d78701614200418ee1450690d9af12c84d52545e4802f001ad53099";

/// Longer than anything takes that is to come.
const PATIENCE: Duration = Duration::from_secs(20);

fn answering(status: u16, after_effect: bool) -> Fault {
    Fault::Answer {
        status,
        error: None,
        retry_after: None,
        after_effect,
    }
}

/// Uploads `whole` in one chunk; gives the answer to the end of it, with the digest of what was stored.
fn upload(client: &Client) -> Answer {
    let call = |method, name: &str| {
        let path = client.dav_path("uploads", &format!("an-upload{name}"));
        let call = client.call(method, &path);
        call.header("Destination", client.dav_url("files", "whole"))
    };
    assert_eq!(call("MKCOL", "").send().status, 201);
    assert_eq!(call("PUT", "/1").send_bytes(b"whole").status, 201);
    let end = call("MOVE", "/.file").header("OC-Total-Length", "5");
    end.header("X-Hash", "sha256").send()
}

fn open_uploads(sandbox: &Sandbox) -> usize {
    sandbox.nextcloud().state().open_uploads.len()
}

#[test]
fn the_end_of_an_upload_can_be_done_and_answered_otherwise() {
    for status in [423, 504] {
        let (sandbox, anna) = anna();
        let fault = answering(status, true);
        sandbox.inject(FaultRule::on("MOVE *.file", fault).account(&anna.login_name));
        assert_eq!(upload(&anna).status, status);
        assert_eq!(anna.get("whole").unwrap(), b"whole");
        assert_eq!(open_uploads(&sandbox), 0);
    }
}

#[test]
fn the_end_of_an_upload_can_come_after_its_answer() {
    let (sandbox, anna) = anna();
    let fault = Fault::LateAssembly {
        status: 504,
        ms: 500,
    };
    sandbox.inject(FaultRule::on("MOVE */.file", fault).times(1));
    assert_eq!(upload(&anna).status, 504);
    assert_eq!(anna.get("whole"), None);
    let again = anna.call("MOVE", &anna.dav_path("uploads", "an-upload/.file"));
    let again = again
        .header("Destination", anna.dav_url("files", "whole"))
        .send();
    assert_eq!(again.status, 423);
    let begun = Instant::now();
    while anna.get("whole").is_none() {
        assert!(begun.elapsed() < PATIENCE);
        sleep(Duration::from_millis(20));
    }
    assert_eq!(open_uploads(&sandbox), 0);
}

// The digests are those of sha256sum.
#[test]
fn what_is_stored_can_be_spoilt_and_the_digest_is_that_of_what_is_stored() {
    const FLIPPED: &str = "c0ca38afcc1c638702f0e2878205c02b7f4e987fd6512639ab8958b702a4e7f3";
    const CUT: &str = "e31bda35d203ab93bdf3ef1b86e2892f0e7afb2490f903d69a0d1f422d1919bd";
    for route in ["PUT *", "MOVE */.file"] {
        for (fault, stored, digest) in [
            (Fault::FlipStored, "vhole", FLIPPED),
            (Fault::CutStored, "whol", CUT),
        ] {
            let (sandbox, anna) = anna();
            let end = |anna: &Client| {
                if route == "PUT *" {
                    let put = anna.files("PUT", "whole").header("X-Hash", "sha256");
                    put.send_bytes(b"whole")
                } else {
                    upload(anna)
                }
            };
            sandbox.inject(FaultRule::on(route, fault.clone()));
            assert_eq!(end(&anna).header("X-Hash-SHA256"), digest, "{fault:?}");
            assert_eq!(anna.get("whole").unwrap(), stored.as_bytes(), "{fault:?}");
            sandbox.behave();
            sandbox.inject(FaultRule::on(route, Fault::WrongDigest));
            let told = end(&anna).header("X-Hash-SHA256").to_owned();
            assert_ne!(told, WHOLE);
            assert_eq!(anna.get("whole").unwrap(), b"whole");
            sandbox.behave();
            assert_eq!(end(&anna).header("X-Hash-SHA256"), WHOLE);
        }
    }
}

#[test]
fn a_chunk_is_spoilt_by_itself_and_its_folder_can_be_gone() {
    let (sandbox, anna) = anna();
    sandbox.inject(FaultRule::on("PUT *", Fault::FlipStored));
    assert_eq!(upload(&anna).status, 201);
    assert_eq!(anna.get("whole").unwrap(), b"vhole");
    sandbox.behave();
    sandbox.inject(FaultRule::on("PUT *", Fault::CutStored));
    assert_eq!(upload(&anna).status, 400);
    assert_eq!(open_uploads(&sandbox), 1);
    sandbox.end_uploads();
    assert_eq!(open_uploads(&sandbox), 0);
    sandbox.behave();
    sandbox.inject(FaultRule::on("MOVE *", Fault::ExpireUpload));
    assert_eq!(upload(&anna).status, 404);
    assert_eq!(open_uploads(&sandbox), 0);
}

#[test]
fn maintenance_is_503_with_a_header_everywhere() {
    let (sandbox, anna) = anna();
    sandbox.inject(FaultRule::on("/nextcloud/*", Fault::Maintenance));
    for refused in [
        anna.files("GET", "Welcome.txt").send(),
        anna.files("PUT", "a").send_bytes(b"a"),
        anna.ocs("GET", "v2.php/cloud/user").send(),
        call("POST", format!("{}/index.php/login/v2", anna.url)).send(),
    ] {
        assert_eq!(refused.status, 503);
        assert_eq!(refused.header("X-Nextcloud-Maintenance-Mode"), "1");
    }
    let status = call("GET", format!("{}/status.php", anna.url)).send();
    assert_eq!(status.json()["maintenance"], true);
    sandbox.behave();
    assert_eq!(anna.get("a"), None);
    assert!(anna.get("Welcome.txt").is_some());
}

#[test]
fn refusals_are_in_the_words_of_each_part() {
    let (sandbox, anna) = anna();
    sandbox.inject(FaultRule::on("/nextcloud/*", answering(423, false)));
    let dav = anna.files("GET", "Welcome.txt").send();
    assert_eq!(dav.status, 423);
    let dav = dav.text();
    let exception = element(&dav, "s:exception").unwrap();
    assert!(exception.ends_with("FileLocked"), "{exception}");
    let ocs = anna.ocs("GET", "v2.php/cloud/user").send();
    assert_eq!(ocs.status, 423);
    assert_eq!(element(&ocs.text(), "statuscode"), Some("423"));
}

#[test]
fn faults_and_the_log_go_by_login_names() {
    let (sandbox, anna) = anna();
    let ben = super::ben(&sandbox);
    let rule = FaultRule::on("GET *", answering(500, false));
    sandbox.inject(rule.account(&ben.login_name));
    assert_eq!(ben.files("GET", "").send().status, 500);
    assert!(anna.get("Welcome.txt").is_some());
    let accounts: Vec<_> = sandbox
        .requests()
        .into_iter()
        .map(|request| request.account)
        .collect();
    assert_eq!(accounts, [Some(ben.login_name), Some(anna.login_name)]);
}

#[test]
fn a_lost_answer_to_the_poll_loses_the_flow() {
    let (sandbox, anna) = anna();
    let (endpoint, login, token) = begin(&anna);
    let grant = format!("{login}?sandbox_decision=grant&user={}", anna.login_name);
    assert_eq!(call("GET", grant).send().status, 200);
    sandbox.inject(FaultRule::on("POST */poll", Fault::LostAnswer).times(1));
    let poll =
        || call("POST", &endpoint).header("Content-Type", "application/x-www-form-urlencoded");
    let body = format!("token={token}");
    let lost = poll().try_send(ureq::SendBody::from_reader(&mut body.as_bytes()));
    assert!(lost.is_err());
    assert_eq!(poll().send_bytes(body.as_bytes()).status, 404);
    // Nobody has the password that was made.
    assert_eq!(sandbox.nextcloud().state().app_passwords.len(), 1);
    let logged = sandbox.requests();
    assert_eq!(logged.last().unwrap().account, None);
    assert_eq!(logged[2].account.as_deref(), Some(&*anna.login_name));
}

// O-12
#[test]
fn the_login_flow_can_name_other_origins() {
    for origin in [
        "http://169.254.169.254",
        "https://elsewhere.example",
        "http://[::1]:1",
    ] {
        let (sandbox, anna) = anna();
        let foreign = |url| {
            FaultRule::on(
                "POST */login/v2*",
                Fault::ForeignOrigin {
                    url,
                    origin: origin.to_owned(),
                },
            )
        };
        sandbox.inject(foreign(LoginUrl::Poll));
        sandbox.inject(foreign(LoginUrl::Login));
        sandbox.inject(foreign(LoginUrl::Server));
        let (endpoint, login, token) = begin(&anna);
        assert_eq!(
            endpoint,
            format!("{origin}/nextcloud/index.php/login/v2/poll")
        );
        let path = login.strip_prefix(origin).unwrap();
        let (here, _) = anna.url.rsplit_once('/').unwrap();
        let grant = format!(
            "{here}{path}?sandbox_decision=grant&user={}",
            anna.login_name
        );
        assert_eq!(call("GET", grant).send().status, 200);
        let poll = call("POST", format!("{}/index.php/login/v2/poll", anna.url));
        let granted = poll.send_form(&[("token", &token)]).json();
        assert_eq!(granted["server"], json!(format!("{origin}/nextcloud")));
    }
}

/// Begins a login flow; gives where to poll, where to log in, and the token.
fn begin(client: &Client) -> (String, String, String) {
    let begun = call("POST", format!("{}/index.php/login/v2", client.url))
        .send()
        .json();
    let text = |pointer: &str| begun.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    (text("/poll/endpoint"), text("/login"), text("/poll/token"))
}
