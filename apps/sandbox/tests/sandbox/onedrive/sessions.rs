//! Files in several requests.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::SendBody;
use wharf_sandbox::{Fault, FaultRule, Provider, Sandbox};

use super::{OneDrive, assert_refused, fragment, warnings, with_length};
use crate::application::{ANNA, BEN, text};
use crate::client::call;
use crate::wire::connect;

const MULTIPLE: usize = 327_680;
/// How much comes of a fragment that is only begun.
const BEGUN: usize = 100_000;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Somebody's drive and an upload session for a new file in it.
fn session(person: &str) -> (Sandbox, OneDrive, String) {
    let (sandbox, onedrive) = OneDrive::start(person);
    let url = onedrive.upload_url("items/root:/large.bin:", &json!({"name": "large.bin"}));
    (sandbox, onedrive, url)
}

fn status(url: &str) -> Value {
    let answer = call("GET", url).send();
    assert_eq!(answer.status, 200);
    answer.json()["nextExpectedRanges"].clone()
}

/// Bytes without a pattern that would hide a fragment in the wrong place.
fn content(size: usize) -> Vec<u8> {
    (0..size).map(|place| (place * 7 / 5 % 251) as u8).collect()
}

#[test]
fn a_file_arrives_in_fragments() {
    let (sandbox, onedrive, url) = session(ANNA);
    let bytes = content(2 * MULTIPLE + 5);
    let total = bytes.len();
    assert_eq!(status(&url), json!(["0-"]));
    let first = fragment(&url, 0, &bytes[..MULTIPLE], total);
    assert_eq!(first.status, 202);
    let first = first.json();
    assert_eq!(first["nextExpectedRanges"], json!(["327680-"]));
    assert!(text(&first, "/expirationDateTime").ends_with('Z'));
    assert_eq!(status(&url), json!(["327680-"]));
    let open = sandbox.open_uploads();
    assert_eq!(
        (open[0].provider, &*open[0].account),
        (Provider::Microsoft, ANNA)
    );
    assert_eq!(
        (open[0].received_bytes, open[0].total_bytes),
        (327_680, Some(655_365))
    );
    let second = fragment(&url, MULTIPLE, &bytes[MULTIPLE..2 * MULTIPLE], total);
    assert_eq!(second.status, 202);
    assert_refused(
        onedrive.get("me/drive/root:/large.bin"),
        404,
        "itemNotFound",
    );
    let last = fragment(&url, 2 * MULTIPLE, &bytes[2 * MULTIPLE..], total);
    assert_eq!(last.status, 201);
    let file = last.json();
    assert_eq!(
        (&file["name"], &file["size"]),
        (&json!("large.bin"), &json!(total))
    );
    assert!(onedrive.content(text(&file, "/id")) == bytes);
    assert_refused(call("GET", &url).send(), 404, "itemNotFound");
    assert_eq!(sandbox.open_uploads(), []);
    assert_eq!(sandbox.contract_warnings(), []);
    let fragments = sandbox.requests().into_iter();
    let mut fragments = fragments.filter(|request| request.method == "PUT");
    assert!(fragments.all(|request| request.account.as_deref() == Some(ANNA)));
}

#[test]
fn a_personal_drive_says_where_the_missing_range_ends() {
    let (_sandbox, _onedrive, url) = session(BEN);
    let first = fragment(&url, 0, &content(MULTIPLE), MULTIPLE + 1);
    assert_eq!(first.json()["nextExpectedRanges"], json!(["327680-327680"]));
}

#[test]
fn fragments_come_strictly_in_order() {
    let (sandbox, _onedrive, url) = session(ANNA);
    let total = 3 * MULTIPLE;
    let bytes = content(total);
    let part = |number: usize| &bytes[number * MULTIPLE..(number + 1) * MULTIPLE];
    let send = |number: usize| fragment(&url, number * MULTIPLE, part(number), total);
    let inner = |answer: crate::client::Answer| {
        assert_eq!(answer.status, 416);
        text(&answer.json(), "/error/innerError/code").to_owned()
    };
    assert_eq!(inner(send(1)), "fragmentOutOfOrder");
    assert_eq!(send(0).status, 202);
    assert_eq!(inner(send(0)), "fragmentOverlap");
    assert_eq!(inner(send(2)), "fragmentOutOfOrder");
    assert_eq!(status(&url), json!(["327680-"]));
    assert_eq!(warnings(&sandbox), ["a fragment is out of order"; 2]);
}

#[test]
fn a_malformed_fragment_is_refused_and_noted() {
    let (sandbox, _onedrive, url) = session(ANNA);
    let odd = content(MULTIPLE + 1);
    assert_refused(fragment(&url, 0, &odd, 2 * MULTIPLE), 400, "invalidRequest");
    let put = |range: &str, body: &[u8]| {
        with_length(call("PUT", &url).header("Content-Range", range), body)
    };
    assert_refused(put("bytes 0-3/*", b"0123"), 400, "invalidRequest");
    assert_refused(put("bytes 0-3/10", b"01234"), 400, "invalidRequest");
    assert_refused(
        with_length(call("PUT", &url), b"0123"),
        400,
        "invalidRequest",
    );
    let chunked = call("PUT", &url).header("Content-Range", "bytes 0-3/4");
    assert_refused(chunked.send_bytes(b"0123"), 411, "invalidRequest");
    let expected = [
        "a fragment that is not the last is no multiple of 327,680 bytes",
        "a fragment does not say how large the file is",
        "a fragment has no Content-Range",
    ];
    assert_eq!(warnings(&sandbox), expected);
    assert_eq!(
        fragment(&url, 0, &content(MULTIPLE), MULTIPLE + 1).status,
        202
    );
    assert_refused(
        fragment(&url, MULTIPLE, b"01", MULTIPLE + 2),
        400,
        "invalidRequest",
    );
    assert_eq!(fragment(&url, MULTIPLE, b"0", MULTIPLE + 1).status, 201);
}

#[test]
fn a_fragment_has_less_than_sixty_mebibytes() {
    let (_sandbox, _onedrive, url) = session(ANNA);
    let sixty = 60 * 1024 * 1024;
    let bytes = vec![0; sixty];
    assert_refused(fragment(&url, 0, &bytes, sixty), 413, "invalidRequest");
    let most = sixty - MULTIPLE;
    assert_eq!(fragment(&url, 0, &bytes[..most], sixty).status, 202);
}

/// The second of two fragments, begun and not sent to its end.
fn begun(url: &str, bytes: &[u8]) -> TcpStream {
    let parsed = url::Url::parse(url).unwrap();
    let (path, query) = (parsed.path(), parsed.query().unwrap());
    let host = parsed.authority();
    let total = bytes.len();
    let head = format!(
        "PUT {path}?{query} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {MULTIPLE}\r\n\
         Content-Range: bytes {MULTIPLE}-{}/{total}\r\nConnection: close\r\n\r\n",
        total - 1
    );
    let mut stream = connect(host);
    stream.write_all(head.as_bytes()).unwrap();
    stream
        .write_all(&bytes[MULTIPLE..MULTIPLE + BEGUN])
        .unwrap();
    stream
}

#[test]
fn nothing_of_a_fragment_that_breaks_off_counts() {
    let (sandbox, onedrive, url) = session(ANNA);
    let bytes = content(2 * MULTIPLE);
    let total = bytes.len();
    assert_eq!(fragment(&url, 0, &bytes[..MULTIPLE], total).status, 202);
    drop(begun(&url, &bytes));
    assert_eq!(status(&url), json!(["327680-"]));
    assert_eq!(sandbox.open_uploads()[0].received_bytes, 327_680);
    let file = fragment(&url, MULTIPLE, &bytes[MULTIPLE..], total).json();
    assert!(onedrive.content(text(&file, "/id")) == bytes);
}

#[test]
fn two_requests_for_the_same_fragment_do_not_mix() {
    let (sandbox, onedrive, url) = session(ANNA);
    let bytes = content(2 * MULTIPLE);
    let total = bytes.len();
    assert_eq!(fragment(&url, 0, &bytes[..MULTIPLE], total).status, 202);
    let mut one = begun(&url, &bytes);
    let fragments = || {
        let requests = sandbox.requests().into_iter();
        requests.filter(|request| request.method == "PUT").count()
    };
    while fragments() < 2 {
        sleep(Duration::from_millis(1));
    }
    let other = fragment(&url, MULTIPLE, &bytes[MULTIPLE..], total);
    one.write_all(&bytes[MULTIPLE + BEGUN..]).unwrap();
    let mut answer = String::new();
    one.read_to_string(&mut answer).unwrap();
    let one = answer.split(' ').nth(1).unwrap();
    // Whichever came later had the turn; the session may be complete when the other is told.
    let outcome = (one, other.status);
    let expected = [("416", 201), ("404", 201), ("201", 416)];
    assert!(expected.contains(&outcome), "{outcome:?}");
    let file = onedrive.get_json("me/drive/root:/large.bin");
    assert!(onedrive.content(text(&file, "/id")) == bytes);
}

#[test]
fn a_token_at_an_upload_address_is_refused_and_noted() {
    let (sandbox, onedrive, url) = session(BEN);
    for method in ["GET", "PUT", "DELETE"] {
        let request = call(method, &url);
        let token = format!("Bearer {}", onedrive.access_token);
        let answer = request.header("Authorization", token).send();
        assert_refused(answer, 401, "unauthenticated");
    }
    let expected = "Authorization was sent to a pre-authenticated upload address";
    assert_eq!(warnings(&sandbox), [expected; 3]);
    assert_eq!(sandbox.open_uploads().len(), 1);
}

#[test]
fn a_session_can_be_given_up_and_expires() {
    let (sandbox, onedrive, url) = session(ANNA);
    assert_eq!(call("DELETE", &url).send().status, 204);
    assert_refused(call("DELETE", &url).send(), 404, "itemNotFound");
    assert_refused(fragment(&url, 0, b"0", 1), 404, "itemNotFound");

    let url = onedrive.upload_url("root:/b.bin:", &json!({}));
    let total = 2 * MULTIPLE;
    sandbox.advance_clock(DAY - Duration::from_secs(60));
    assert_eq!(fragment(&url, 0, &content(MULTIPLE), total).status, 202);
    // Each fragment lets it live on.
    sandbox.advance_clock(DAY - Duration::from_secs(60));
    assert_eq!(status(&url), json!(["327680-"]));
    sandbox.advance_clock(Duration::from_secs(60));
    assert_refused(call("GET", &url).send(), 404, "itemNotFound");
    assert_eq!(sandbox.open_uploads(), []);
}

#[test]
fn a_fault_ends_a_session() {
    let (sandbox, _onedrive, url) = session(ANNA);
    let total = 2 * MULTIPLE;
    assert_eq!(fragment(&url, 0, &content(MULTIPLE), total).status, 202);
    sandbox.inject(FaultRule::on("PUT /onedrive/upload", Fault::ExpireUpload).times(1));
    let next = fragment(&url, MULTIPLE, &content(MULTIPLE), total);
    assert_refused(next, 404, "itemNotFound");
    assert_refused(call("GET", &url).send(), 404, "itemNotFound");
}

#[test]
fn a_file_is_replaced_by_id_or_by_name() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let file = onedrive.put("a.bin", b"old").json();
    let id = text(&file, "/id");
    let by_id = onedrive.upload_url(&format!("items/{id}"), &json!({}));
    let replaced = fragment(&by_id, 0, b"by id", 5);
    assert_eq!(replaced.status, 200);
    assert_eq!(replaced.json()["id"], file["id"]);
    let replace = json!({"@microsoft.graph.conflictBehavior": "replace"});
    let by_name = onedrive.upload_url("items/root:/a.bin:", &replace);
    assert_eq!(fragment(&by_name, 0, b"by name", 7).status, 200);
    assert_eq!(onedrive.content(id), b"by name");
}

#[test]
fn a_taken_name_is_found_at_the_start_or_at_the_end() {
    let (sandbox, onedrive) = OneDrive::start(BEN);
    let at_start = onedrive.open_session("root:/Welcome.txt:", &json!({}));
    assert_refused(at_start, 409, "nameAlreadyExists");
    let open = |conflict: &str| {
        let item = json!({"@microsoft.graph.conflictBehavior": conflict});
        onedrive.upload_url("root:/late.txt:", &item)
    };
    let (fail, rename) = (open("fail"), open("rename"));
    onedrive.put("late.txt", b"earlier");
    assert_refused(fragment(&fail, 0, b"x", 1), 409, "nameAlreadyExists");
    let renamed = fragment(&rename, 0, b"y", 1);
    assert_eq!(renamed.status, 201);
    assert_eq!(renamed.json()["name"], "late 1.txt");
    // The session whose file could not be made stays, until somebody ends it.
    assert_eq!(status(&fail), json!([]));
    assert_eq!(sandbox.open_uploads().len(), 1);
    assert_eq!(call("DELETE", &fail).send().status, 204);
}

#[test]
fn a_size_that_does_not_fit_is_refused_before_a_byte_is_sent() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let used = onedrive.get_json("me/drive")["quota"]["used"]
        .as_u64()
        .unwrap();
    sandbox.set_storage_limit(Provider::Microsoft, ANNA, used + 10);
    let open = |size: u64| onedrive.open_session("root:/a.bin:", &json!({"fileSize": size}));
    assert_refused(open(11), 507, "quotaLimitReached");
    let answer = open(10).json();
    let url = text(&answer, "/uploadUrl");
    assert_refused(fragment(url, 0, &[0; 11], 11), 507, "quotaLimitReached");
    assert_eq!(fragment(url, 0, &[0; 10], 10).status, 201);
}

#[test]
fn a_request_for_a_session_has_to_be_sound() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let other_name = onedrive.open_session("root:/a.bin:", &json!({"name": "b.bin"}));
    assert_refused(other_name, 400, "invalidRequest");
    let forbidden = onedrive.open_session("root:/a%7Cb.bin:", &json!({}));
    assert_refused(forbidden, 400, "invalidRequest");
    let a_folder = onedrive.open_session("items/root", &json!({}));
    assert_refused(a_folder, 400, "invalidRequest");
    let file = onedrive.put("a.bin", b"1").json();
    let stale = onedrive
        .call("POST", "me/drive/root:/a.bin:/createUploadSession")
        .header("If-Match", "\"{other},1\"")
        .send_json(&json!({"item": {"@microsoft.graph.conflictBehavior": "replace"}}));
    assert_refused(stale, 412, "resourceModified");
    let current = onedrive
        .call("POST", "me/drive/root:/a.bin:/createUploadSession")
        .header("If-Match", text(&file, "/eTag"))
        .send_json(&json!({"item": {"@microsoft.graph.conflictBehavior": "replace"}}));
    assert_eq!(current.status, 200);
    let bare = onedrive.call("POST", "me/drive/root:/c.bin:/createUploadSession");
    assert_eq!(bare.try_send(SendBody::none()).unwrap().status, 200);
}

#[test]
fn an_upload_can_be_stored_otherwise_and_its_answer_lost() {
    let (sandbox, onedrive, url) = session(BEN);
    sandbox.inject(FaultRule::on("PUT /onedrive/upload", Fault::FlipStored).times(1));
    sandbox.inject(FaultRule::on("PUT /onedrive/upload", Fault::LostAnswer).times(1));
    let put = call("PUT", &url)
        .header("Content-Range", "bytes 0-2/3")
        .header("Content-Length", "3");
    assert!(
        put.try_send(SendBody::from_reader(&mut &b"012"[..]))
            .is_err()
    );
    assert_refused(call("GET", &url).send(), 404, "itemNotFound");
    let file = onedrive.get_json("me/drive/root:/large.bin");
    assert_eq!(onedrive.content(text(&file, "/id")), b"112");
}
