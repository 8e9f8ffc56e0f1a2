//! Refusals on demand, in Graph's words.

use wharf_sandbox::{Fault, FaultRule, RetryAfter};

use super::{OneDrive, assert_refused};
use crate::application::{ANNA, BEN, text};
use crate::client::call;

fn answer(status: u16) -> Fault {
    Fault::Answer {
        status,
        error: None,
        retry_after: Some(RetryAfter::Secs(7)),
        after_effect: false,
    }
}

#[test]
fn every_status_has_its_code() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    for (status, code) in [
        (401, "InvalidAuthenticationToken"),
        (403, "accessDenied"),
        (404, "itemNotFound"),
        (409, "nameAlreadyExists"),
        (410, "resyncRequired"),
        (412, "resourceModified"),
        (423, "resourceLocked"),
        (429, "activityLimitReached"),
        (500, "generalException"),
        (503, "serviceNotAvailable"),
        (507, "quotaLimitReached"),
    ] {
        sandbox.inject(FaultRule::on("GET /v1.0/me/drive/*", answer(status)).times(1));
        let refused = onedrive.get("me/drive/root");
        assert_eq!(refused.header("Retry-After"), "7");
        assert_refused(refused, status, code);
    }
    assert_eq!(onedrive.get("me/drive/root").status, 200);
}

#[test]
fn addresses_without_a_token_meet_faults_too_and_by_account() {
    let (sandbox, anna) = OneDrive::start(ANNA);
    let ben = OneDrive::of(&sandbox, BEN);
    let url = |onedrive: &OneDrive| {
        let file = onedrive.get_json("me/drive/root:/Welcome.txt");
        text(&file, "/@microsoft.graph.downloadUrl").to_owned()
    };
    let (annas, bens) = (url(&anna), url(&ben));
    sandbox.inject(FaultRule::on("GET /onedrive/*", answer(429)).account(ANNA));
    assert_refused(call("GET", annas).send(), 429, "activityLimitReached");
    assert_eq!(call("GET", bens).send().status, 200);
}
