//! Refusals on demand, in Drive's words; and what is noted of careless requests.

use serde_json::json;
use wharf_sandbox::{Fault, FaultRule, RetryAfter};

use super::{Drive, refusal};
use crate::application::text;
use crate::client::call;

#[test]
fn each_reason_comes_with_googles_own_words() {
    let (sandbox, drive) = Drive::start();
    for (status, reason, domain, words) in [
        (
            403,
            "userRateLimitExceeded",
            "usageLimits",
            "User Rate Limit Exceeded",
        ),
        (
            403,
            "rateLimitExceeded",
            "usageLimits",
            "Rate Limit Exceeded",
        ),
        (
            429,
            "rateLimitExceeded",
            "usageLimits",
            "Rate Limit Exceeded",
        ),
        (
            403,
            "dailyLimitExceeded",
            "usageLimits",
            "Daily Limit Exceeded",
        ),
        (
            403,
            "storageQuotaExceeded",
            "usageLimits",
            "The user's Drive storage quota has been exceeded.",
        ),
        (
            403,
            "teamDriveFileLimitExceeded",
            "usageLimits",
            "The file limit for this shared drive has been exceeded.",
        ),
        (
            403,
            "downloadQuotaExceeded",
            "usageLimits",
            "The download quota for this file has been exceeded.",
        ),
        (
            403,
            "cannotDownloadAbusiveFile",
            "global",
            "This file has been identified as malware or spam and cannot be downloaded.",
        ),
        (
            403,
            "insufficientFilePermissions",
            "global",
            "The user does not have sufficient permissions for this file.",
        ),
        (401, "authError", "global", "Invalid Credentials"),
        (404, "notFound", "global", "File not found: ."),
        (500, "backendError", "global", "Internal Error"),
        (503, "backendError", "global", "Internal Error"),
    ] {
        let fault = Fault::Answer {
            status,
            error: Some(reason.to_owned()),
            retry_after: Some(RetryAfter::Secs(3)),
            after_effect: false,
        };
        sandbox.inject(FaultRule::on("/drive/v3/files", fault).times(1));
        let answer = drive.get("files?fields=files/id");
        assert_eq!(answer.header("Retry-After"), "3");
        let body = answer.json();
        assert_eq!(body["error"]["code"], status, "{reason}");
        assert_eq!(text(&body, "/error/errors/0/reason"), reason);
        assert_eq!(text(&body, "/error/errors/0/domain"), domain);
        assert_eq!(text(&body, "/error/message"), words);
    }
}

#[test]
fn a_refusal_without_a_reason_has_the_usual_one_of_its_status() {
    let (sandbox, drive) = Drive::start();
    let fault = Fault::Answer {
        status: 403,
        error: None,
        retry_after: None,
        after_effect: false,
    };
    sandbox.inject(FaultRule::on("*/upload/*", fault).times(1));
    let (status, reason, _) = refusal(drive.upload(&json!({}), b"1"));
    assert_eq!((status, &*reason), (403, "userRateLimitExceeded"));
}

#[test]
fn careless_requests_are_answered_and_noted() {
    let (sandbox, drive) = Drive::start();
    assert_eq!(drive.get("files?q=trashed=false").status, 200);
    assert_eq!(drive.get("drives").status, 200);
    assert_eq!(drive.get("files/root?fields=id").status, 200);
    let warnings = sandbox.contract_warnings();
    let told: Vec<String> = warnings
        .iter()
        .map(|warning| format!("{} {}: {}", warning.method, warning.path, warning.text))
        .collect();
    let expected = [
        "GET /drive/v3/files: supportsAllDrives=true is missing",
        "GET /drive/v3/files: fields is missing",
        "GET /drive/v3/drives: fields is missing",
        "GET /drive/v3/files/root: supportsAllDrives=true is missing",
    ];
    assert_eq!(told, expected);

    let url = format!("{}/contract-warnings", sandbox.control_url());
    let listed = call("GET", &*url).send().json();
    assert_eq!(listed.as_array().unwrap().len(), 4);
    assert_eq!(listed[0]["provider"], "google");
    assert_eq!(call("DELETE", &*url).send().status, 204);
    assert_eq!(sandbox.contract_warnings(), []);
}

#[test]
fn open_uploads_are_told_and_ended_by_control_routes() {
    let (sandbox, drive) = Drive::start();
    let path = "/upload/drive/v3/files?uploadType=resumable&fields=id&supportsAllDrives=true";
    assert_eq!(drive.call("POST", path).send_json(&json!({})).status, 200);
    let url = format!("{}/uploads", sandbox.control_url());
    let listed = call("GET", &*url).send().json();
    assert_eq!(listed[0]["account"], crate::application::CLARA);
    assert_eq!(listed[0]["received_bytes"], 0);
    assert_eq!(call("DELETE", &*url).send().status, 204);
    assert_eq!(call("GET", &*url).send().json(), json!([]));
}
