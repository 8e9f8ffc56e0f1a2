//! Resumable uploads, chunk by chunk.

use std::time::Duration;

use serde_json::{Value, json};
use wharf_sandbox::{Fault, FaultRule, Sandbox};

use super::{Drive, assert_refused};
use crate::application::{CLARA, text};
use crate::client::{Answer, call};

const CHUNK: usize = 256 * 1024;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Bytes in which every place differs from its neighbours.
fn bytes(size: usize) -> Vec<u8> {
    (0..size)
        .map(|place| (place * 7 + place / 251) as u8)
        .collect()
}

/// An upload session of a client.
struct Session(String);

impl Session {
    fn open(drive: &Drive, metadata: &Value, length: Option<usize>) -> Self {
        let path = "/upload/drive/v3/files?uploadType=resumable&fields=*&supportsAllDrives=true";
        let mut request = drive
            .call("POST", path)
            .header("X-Upload-Content-Type", "text/plain");
        if let Some(length) = length {
            request = request.header("X-Upload-Content-Length", length.to_string());
        }
        Self::of(&request.send_json(metadata))
    }

    #[track_caller]
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200);
        Self(answer.header("Location").to_owned())
    }

    fn send(&self, method: &'static str, range: &str, bytes: &[u8]) -> Answer {
        call(method, &self.0)
            .header("Content-Range", format!("bytes {range}"))
            .header("Content-Length", bytes.len().to_string())
            .send_bytes(bytes)
    }

    /// A chunk from `start` on of a whole of this length.
    fn chunk(&self, whole: &[u8], start: usize, end: usize) -> Answer {
        let range = format!("{start}-{}/{}", end - 1, whole.len());
        self.send("PUT", &range, &whole[start..end])
    }
}

#[track_caller]
fn assert_incomplete(answer: &Answer, range: &str) {
    assert_eq!((answer.status, answer.header("Range")), (308, range));
}

#[test]
fn chunks_make_a_file() {
    let (sandbox, drive) = Drive::start();
    let whole = bytes(2 * CHUNK + 100);
    let session = Session::open(&drive, &json!({"name": "big.txt"}), Some(whole.len()));
    assert_eq!(sandbox.open_uploads().len(), 1);
    assert_incomplete(&session.chunk(&whole, 0, CHUNK), "bytes=0-262143");
    let open = &sandbox.open_uploads()[0];
    assert_eq!((&*open.account, open.received_bytes), (CLARA, CHUNK as u64));
    assert_eq!(open.total_bytes, Some(whole.len() as u64));
    // Clients of another school send chunks so.
    let range = format!("{CHUNK}-{}/{}", 2 * CHUNK - 1, whole.len());
    let posted = session.send("POST", &range, &whole[CHUNK..2 * CHUNK]);
    assert_incomplete(&posted, "bytes=0-524287");
    let file = session.chunk(&whole, 2 * CHUNK, whole.len());
    assert_eq!(file.status, 200);
    let file = file.json();
    assert_eq!(file["name"], "big.txt");
    assert_eq!(file["mimeType"], "text/plain");
    assert_eq!(file["size"], whole.len().to_string());
    assert_eq!(drive.content(text(&file, "/id")).send().bytes(), whole);
    assert_eq!(sandbox.open_uploads(), []);
    assert_eq!(sandbox.contract_warnings(), []);

    let again = session.send("PUT", &format!("*/{}", whole.len()), b"");
    assert_eq!((again.status, again.json()), (200, file));
}

#[test]
fn a_session_tells_how_far_it_has_come() {
    let (_sandbox, drive) = Drive::start();
    let whole = bytes(2 * CHUNK);
    let session = Session::open(&drive, &json!({"name": "slow"}), None);
    assert_incomplete(&session.send("PUT", "*/*", b""), "");
    assert_incomplete(&session.chunk(&whole, 0, CHUNK), "bytes=0-262143");
    assert_incomplete(&session.send("PUT", "*/524288", b""), "bytes=0-262143");
    // What has arrived may come again; what would leave a gap may not.
    assert_eq!(session.chunk(&whole, 0, whole.len()).status, 200);
    let session = Session::open(&drive, &json!({}), None);
    let gap = session.chunk(&whole, CHUNK, whole.len());
    assert_eq!(gap.status, 400);
    assert_eq!(
        gap.text(),
        "Invalid request. According to the Content-Range header, the upload offset is 262144 byte(s), \
         which exceeds already uploaded size of 0 byte(s)."
    );
}

#[test]
fn a_length_may_stay_unknown_until_the_end() {
    let (_sandbox, drive) = Drive::start();
    let whole = bytes(CHUNK + 1);
    let session = Session::open(&drive, &json!({"name": "open end"}), None);
    let first = session.send("PUT", "0-262143/*", &whole[..CHUNK]);
    assert_incomplete(&first, "bytes=0-262143");
    let last = session.send("PUT", "262144-262144/262145", &whole[CHUNK..]);
    assert_eq!((last.status, &last.json()["size"]), (200, &json!("262145")));

    let session = Session::open(&drive, &json!({}), None);
    assert_incomplete(
        &session.send("PUT", "0-262143/*", &whole[..CHUNK]),
        "bytes=0-262143",
    );
    let done = session.send("PUT", "*/262144", b"");
    assert_eq!((done.status, &done.json()["size"]), (200, &json!("262144")));

    let session = Session::open(&drive, &json!({"name": "empty"}), Some(0));
    let done = session.send("PUT", "*/0", b"");
    assert_eq!((done.status, &done.json()["size"]), (200, &json!("0")));
    let session = Session::open(&drive, &json!({"name": "at once"}), None);
    let done = call("PUT", &session.0)
        .header("Content-Length", "3")
        .send_bytes(b"all");
    assert_eq!((done.status, &done.json()["size"]), (200, &json!("3")));
}

#[test]
fn a_chunk_of_the_wrong_size_is_answered_as_google_does_and_noted() {
    let (sandbox, drive) = Drive::start();
    let whole = bytes(3 * CHUNK);
    let session = Session::open(&drive, &json!({}), None);
    let small = session.chunk(&whole, 0, 1000);
    assert_eq!(small.status, 400);
    assert!(
        small
            .text()
            .contains("The received request contained 1000 bytes")
    );
    assert_incomplete(&session.send("PUT", "*/*", b""), "");
    assert_incomplete(&session.chunk(&whole, 0, CHUNK + 10), "bytes=0-262143");
    let texts: Vec<String> = sandbox
        .contract_warnings()
        .into_iter()
        .map(|warning| warning.text)
        .collect();
    let expected = "a chunk that is not the last is no multiple of 262,144 bytes";
    assert_eq!(texts, [expected, expected]);
    let file = session.chunk(&whole, CHUNK, whole.len());
    assert_eq!(
        drive.content(text(&file.json(), "/id")).send().bytes(),
        whole
    );
}

#[test]
fn a_session_holds_what_it_was_opened_for() {
    let (_sandbox, drive) = Drive::start();
    let whole = bytes(CHUNK);
    let session = Session::open(&drive, &json!({}), Some(10));
    assert_eq!(session.chunk(&whole, 0, CHUNK).status, 400);
    let malformed = call("PUT", &session.0)
        .header("Content-Range", "bytes 1-0/5")
        .send_bytes(b"");
    assert_eq!(malformed.status, 400);
    assert_eq!(malformed.text(), "Failed to parse Content-Range header.");
}

#[test]
fn a_session_lasts_a_week() {
    let (sandbox, drive) = Drive::start();
    let whole = bytes(2 * CHUNK);
    let session = Session::open(&drive, &json!({}), None);
    session.chunk(&whole, 0, CHUNK);
    sandbox.advance_clock(6 * DAY);
    assert_incomplete(&session.send("PUT", "*/*", b""), "bytes=0-262143");
    sandbox.advance_clock(DAY);
    assert_eq!(sandbox.open_uploads(), []);
    assert_eq!(session.send("PUT", "*/*", b"").status, 404);
    assert_eq!(session.chunk(&whole, CHUNK, whole.len()).status, 404);
}

#[test]
fn a_session_can_be_given_up_or_ended() {
    let (sandbox, drive) = Drive::start();
    let open = || Session::open(&drive, &json!({}), None);
    let given_up = open();
    assert_eq!(call("DELETE", &given_up.0).send().status, 499);
    assert_eq!(given_up.send("PUT", "*/*", b"").status, 404);
    assert_eq!(call("DELETE", &given_up.0).send().status, 404);

    let (ended, faulty) = (open(), open());
    let rule = FaultRule::on("PUT /upload/*", Fault::ExpireUpload)
        .times(1)
        .account(CLARA);
    sandbox.inject(rule);
    assert_eq!(faulty.send("PUT", "*/*", b"").status, 404);
    assert_eq!(faulty.send("PUT", "*/*", b"").status, 404);
    assert_eq!(sandbox.open_uploads().len(), 1);
    sandbox.end_uploads();
    assert_eq!(ended.send("PUT", "*/*", b"").status, 404);
    assert_eq!(sandbox.open_uploads(), []);
}

#[test]
fn another_content_keeps_the_file() {
    let (_sandbox, drive) = Drive::start();
    let file = drive.upload(&json!({"name": "first.txt"}), b"first").json();
    let id = text(&file, "/id");
    let path =
        format!("/upload/drive/v3/files/{id}?uploadType=resumable&fields=*&supportsAllDrives=true");
    let opened = drive
        .call("PATCH", &path)
        .send_json(&json!({"name": "second.txt"}));
    let session = Session::of(&opened);
    let changed = session.chunk(b"second", 0, 6).json();
    assert_eq!(
        (&changed["id"], &changed["name"]),
        (&file["id"], &json!("second.txt"))
    );
    assert_ne!(changed["headRevisionId"], file["headRevisionId"]);
    assert_eq!(drive.content(id).send().text(), "second");

    let path = "/upload/drive/v3/files/nowhere?uploadType=resumable&supportsAllDrives=true";
    assert_refused(
        drive.call("PATCH", path).send_json(&json!({})),
        404,
        "notFound",
    );
}

#[test]
fn a_session_that_cannot_end_well_is_not_opened() {
    let sandbox = Sandbox::start();
    let drive = Drive::of(&sandbox, CLARA);
    let open = |metadata: &Value, length: u64| {
        let path = "/upload/drive/v3/files?uploadType=resumable&supportsAllDrives=true";
        let request = drive.call("POST", path);
        request
            .header("X-Upload-Content-Length", length.to_string())
            .send_json(metadata)
    };
    assert_refused(open(&json!({"parents": ["nowhere"]}), 1), 404, "notFound");
    assert_refused(open(&json!({}), 16 << 30), 403, "storageQuotaExceeded");
    let ids = drive.get_json("files/generateIds?count=1");
    let metadata = json!({"id": text(&ids, "/ids/0")});
    assert_eq!(open(&metadata, 1).status, 200);
    drive.create(&metadata);
    assert_refused(open(&metadata, 1), 409, "fileIdInUse");
    assert_eq!(sandbox.open_uploads().len(), 1);
}
