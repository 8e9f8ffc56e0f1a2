//! The odd half: each scenario sends what it promises.

use std::time::Duration;

use ureq::SendBody;
use wharf_sandbox::{HUGE_ENTRIES, ORDINARY_FILE, Sandbox, Scenario};

use crate::client::{Answer, call, call_as};

const BRIEF: Duration = Duration::from_millis(300);

fn listing(sandbox: &Sandbox, scenario: Scenario, depth: &str) -> Answer {
    call("PROPFIND", sandbox.odd(scenario))
        .header("Depth", depth)
        .send()
}

#[test]
fn every_scenario_has_a_path_and_no_other_name_has() {
    let sandbox = Sandbox::start();
    for scenario in Scenario::ALL {
        assert_eq!(scenario.as_str().parse(), Ok(scenario));
    }
    let unknown = sandbox.odd(Scenario::Html).replace("html", "htm");
    assert_eq!(call("GET", unknown).send().status, 404);
}

#[test]
fn some_answers_are_no_multistatus() {
    let sandbox = Sandbox::start();
    for (scenario, status) in [(Scenario::Html, 200), (Scenario::HtmlAs207, 207)] {
        let answer = listing(&sandbox, scenario, "0");
        assert_eq!(answer.status, status);
        assert!(answer.text().starts_with("<!DOCTYPE html>"));
    }
    let empty = listing(&sandbox, Scenario::Empty207, "0");
    assert_eq!((empty.status, empty.text()), (207, String::new()));

    let truncated = listing(&sandbox, Scenario::TruncatedXml, "0");
    assert_eq!(truncated.status, 207);
    assert_eq!(
        truncated.header("Content-Length").parse(),
        Ok(truncated.text().len())
    );
    let truncated = listing(&sandbox, Scenario::TruncatedXml, "0").text();
    assert!(truncated.contains("<D:multistatus") && !truncated.contains("</D:response>"));
}

#[test]
fn some_answers_carry_a_document_type() {
    let sandbox = Sandbox::start();
    let bomb = listing(&sandbox, Scenario::EntityBomb, "0").text();
    assert!(bomb.contains("<!ENTITY e9 \"&e8;&e8;"), "{bomb}");
    assert!(bomb.contains("<D:href>/&e9;</D:href>"), "{bomb}");
    let external = listing(&sandbox, Scenario::Doctype, "0").text();
    assert!(
        external.contains("SYSTEM \"file:///etc/passwd\""),
        "{external}"
    );
    assert!(external.ends_with("</D:multistatus>"), "{external}");
}

#[test]
fn stray_hrefs_stand_beside_an_ordinary_file() {
    let sandbox = Sandbox::start();
    for (scenario, strays) in [
        (
            Scenario::ForeignHref,
            &["http://elsewhere.example/odd/", "//elsewhere.example/odd/"][..],
        ),
        (
            Scenario::EscapingHref,
            &["/../stray.txt", "/%2e%2e/stray.txt", "/..%2fstray.txt"],
        ),
    ] {
        let folder = listing(&sandbox, scenario, "1").text();
        assert!(folder.contains(&format!("/odd/{scenario}/{ORDINARY_FILE}")));
        for stray in strays {
            assert!(folder.contains(stray), "{stray} in {folder}");
        }
        let itself = listing(&sandbox, scenario, "0").text();
        assert_eq!(itself.matches("<D:response>").count(), 1);
        assert!(
            !itself.contains(&format!("href>/odd/{scenario}/<")),
            "{itself}"
        );
    }
}

#[test]
fn a_huge_listing_is_whole() {
    let sandbox = Sandbox::start();
    let xml = listing(&sandbox, Scenario::Huge, "1").text();
    assert_eq!(xml.matches("<D:response>").count(), HUGE_ENTRIES + 1);
    assert!(xml.ends_with("</D:multistatus>"));
}

#[test]
fn a_stalled_answer_never_comes_and_does_not_keep_the_sandbox_from_stopping() {
    let sandbox = Sandbox::start();
    let stalled = call("PROPFIND", sandbox.odd(Scenario::Stall)).patience(BRIEF);
    assert!(stalled.try_send(SendBody::none()).is_err());
    assert_eq!(sandbox.requests()[0].status, None);

    let begun = call("PROPFIND", sandbox.odd(Scenario::StallMidListing))
        .patience(BRIEF)
        .send();
    let (bytes, end) = begun.bytes_until_end();
    assert!(
        String::from_utf8(bytes)
            .unwrap()
            .ends_with("</D:response>\n")
    );
    assert!(end.is_err());

    let welcome = format!("{}Welcome.txt", sandbox.odd(Scenario::StallMidBody));
    let open = call("GET", &welcome).send();
    drop(sandbox);
    assert!(open.bytes_until_end().1.is_err());
}

#[test]
fn a_download_can_stop_half_way_while_everything_else_is_sound() {
    let sandbox = Sandbox::start();
    for scenario in [Scenario::StallMidBody, Scenario::CutBody] {
        let file = format!("{}Welcome.txt", sandbox.odd(scenario));
        let answer = call("GET", &file).patience(BRIEF).send();
        assert_eq!(
            (answer.status, answer.header("Content-Length")),
            (200, "24")
        );
        let (bytes, end) = answer.bytes_until_end();
        assert_eq!(bytes, b"Welcome to t", "{scenario}");
        assert!(end.is_err(), "{scenario}");

        assert_eq!(listing(&sandbox, scenario, "1").status, 207);
        let upload = format!("{}{scenario}.txt", sandbox.odd(scenario));
        assert_eq!(call("PUT", upload).send_bytes(b"written").status, 201);
    }
}

#[test]
fn a_full_storage_refuses_uploads_only() {
    let sandbox = Sandbox::start();
    let file = format!("{}new.bin", sandbox.odd(Scenario::Full));
    assert_eq!(call("PUT", &file).send_bytes(&[7; 1_000_000]).status, 507);
    assert_eq!(call("GET", &file).send().status, 404);
    let welcome = format!("{}Welcome.txt", sandbox.odd(Scenario::Full));
    assert_eq!(
        call("GET", &welcome).send().text(),
        "Welcome to the sandbox.\n"
    );
}

#[test]
fn some_answers_are_refusals() {
    let sandbox = Sandbox::start();
    let ask = |scenario| listing(&sandbox, scenario, "0");
    assert_eq!(ask(Scenario::ServerError).status, 500);
    let unavailable = ask(Scenario::Unavailable);
    assert_eq!(
        (unavailable.status, unavailable.header("Retry-After")),
        (503, "7")
    );
    let unauthorized = ask(Scenario::Unauthorized);
    assert_eq!(unauthorized.status, 401);
    assert!(unauthorized.header("WWW-Authenticate").starts_with("Basic"));
    let redirect = ask(Scenario::Redirect);
    assert_eq!(
        (redirect.status, redirect.header("Location")),
        (307, "http://elsewhere.example/dav/")
    );
}

#[test]
fn accounts_can_turn_odd_and_recover() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let welcome = || call_as(&anna, "GET", "Welcome.txt").send().status;
    assert_eq!(welcome(), 200);
    sandbox.misbehave(Scenario::Unavailable);
    assert_eq!(welcome(), 503);
    assert_eq!(call("GET", &anna.url).send().status, 401);
    sandbox.behave();
    assert_eq!(welcome(), 200);
}
