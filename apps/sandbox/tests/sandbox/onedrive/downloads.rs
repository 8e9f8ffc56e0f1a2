//! Contents, at addresses that need no access token.

use std::time::Duration;

use wharf_sandbox::{Fault, FaultRule, GeneratedFile, Sandbox};

use super::{OneDrive, assert_refused, warnings};
use crate::application::{ANNA, CLARA, text};
use crate::client::{Answer, call};

const MINUTES: Duration = Duration::from_secs(5 * 60);

/// A file with ten digits in it, and where its content is.
fn digits() -> (Sandbox, OneDrive, String) {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let file = onedrive.put("digits.txt", b"0123456789").json();
    let url = text(&file, "/@microsoft.graph.downloadUrl").to_owned();
    (sandbox, onedrive, url)
}

fn part(url: &str, range: &str) -> Answer {
    call("GET", url).header("Range", range).send()
}

#[test]
fn a_content_is_behind_a_redirect_that_asks_for_no_token() {
    let (sandbox, onedrive, url) = digits();
    let answer = call("GET", &url).send();
    assert_eq!(
        (answer.status, answer.header("Content-Type")),
        (200, "text/plain")
    );
    assert_eq!(answer.header("Content-Length"), "10");
    assert_eq!(answer.text(), "0123456789");
    let redirect = onedrive.get("me/drive/root:/digits.txt:/content");
    assert_eq!(redirect.status, 302);
    let location = redirect.header("Location").to_owned();
    assert_eq!(redirect.text(), "");
    assert_eq!(call("GET", location).send().text(), "0123456789");
    assert_refused(onedrive.get("me/drive/root/content"), 400, "invalidRequest");
    let requests = sandbox.requests();
    let last = requests.last_chunk::<2>().unwrap();
    let download = &last[0];
    assert_eq!(download.path, "/onedrive/download");
    assert_eq!(download.account.as_deref(), Some(ANNA));
    assert!(!download.has_credentials);
}

#[test]
fn a_range_is_served_there() {
    let (sandbox, _onedrive, url) = digits();
    for (range, content_range, expected) in [
        ("bytes=2-4", "bytes 2-4/10", "234"),
        ("bytes=7-", "bytes 7-9/10", "789"),
        ("bytes=-2", "bytes 8-9/10", "89"),
    ] {
        let part = part(&url, range);
        assert_eq!(
            (part.status, part.header("Content-Range")),
            (206, content_range)
        );
        assert_eq!(part.text(), expected);
    }
    assert_refused(part(&url, "bytes=10-"), 416, "invalidRange");
    sandbox.inject(FaultRule::on("GET /onedrive/download", Fault::IgnoreRange).times(1));
    let whole = part(&url, "bytes=2-4");
    assert_eq!((whole.status, whole.header("Content-Range")), (200, ""));
    assert_eq!(whole.text(), "0123456789");
    assert_eq!(part(&url, "bytes=2-4").status, 206);
}

#[test]
fn an_address_is_good_for_a_few_minutes() {
    let (sandbox, onedrive, url) = digits();
    sandbox.advance_clock(MINUTES - Duration::from_secs(60));
    assert_eq!(call("GET", &url).send().status, 200);
    sandbox.advance_clock(Duration::from_secs(60));
    assert_refused(call("GET", &url).send(), 401, "unauthenticated");
    assert_refused(
        call("GET", format!("{url}x")).send(),
        401,
        "unauthenticated",
    );
    let file = onedrive.get_json("me/drive/root:/digits.txt");
    let url = text(&file, "/@microsoft.graph.downloadUrl");
    assert_eq!(call("GET", url).send().status, 200);
    onedrive.call("DELETE", "me/drive/root:/digits.txt").send();
    assert_refused(call("GET", url).send(), 404, "itemNotFound");
}

#[test]
fn a_token_at_such_an_address_is_refused_and_noted() {
    let (sandbox, onedrive, url) = digits();
    let with_token = call("GET", &url)
        .header("Authorization", format!("Bearer {}", onedrive.access_token))
        .send();
    assert_refused(with_token, 401, "unauthenticated");
    let expected = "Authorization was sent to a pre-authenticated download address";
    assert_eq!(warnings(&sandbox), [expected]);
}

#[test]
fn a_file_can_be_of_any_size() {
    let (sandbox, onedrive) = OneDrive::start(CLARA);
    let tebibyte = GeneratedFile {
        name: "huge.bin".to_owned(),
        size_bytes: 1 << 40,
        seed: 5,
        folder: None,
    };
    let id = sandbox.add_onedrive_file(CLARA, &tebibyte);
    let file = onedrive.item(&id).json();
    assert_eq!(file["size"], 1_u64 << 40);
    assert_eq!(file["file"]["hashes"], serde_json::json!({}));
    let url = text(&file, "/@microsoft.graph.downloadUrl");
    let end = part(url, "bytes=-4");
    assert_eq!(
        end.header("Content-Range"),
        "bytes 1099511627772-1099511627775/1099511627776"
    );
    assert_eq!(end.bytes().len(), 4);

    let url = format!("{}/onedrive/files?account={CLARA}", sandbox.control_url());
    let order = serde_json::json!({"name": "small.bin", "size_bytes": 1000, "seed": 5});
    let ordered = call("POST", &url).send_json(&order);
    assert_eq!(ordered.status, 201);
    let small = onedrive.content(text(&ordered.json(), "/id"));
    assert_eq!(small.len(), 1000);
    assert_eq!(
        call("POST", &url).send_json(&order).status,
        404,
        "the name is taken"
    );
}
