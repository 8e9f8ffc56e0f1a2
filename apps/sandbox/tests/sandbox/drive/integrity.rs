//! Ranges, and contents that are not what they should be.

use serde_json::json;
use wharf_sandbox::{Fault, FaultRule};

use super::{Drive, refusal};
use crate::application::text;
use crate::client::call;

const CONTENT: &[u8] = b"0123456789";
/// By md5sum.
const MD5: &str = "781e5e245d69b566979b86e28d23f2c7";

#[test]
fn a_range_is_served_alone() {
    let (_sandbox, drive) = Drive::start();
    let file = drive.upload(&json!({"name": "digits"}), CONTENT).json();
    let id = text(&file, "/id");
    let whole = drive.content(id).send();
    assert_eq!((whole.status, whole.header("Content-Length")), (200, "10"));
    assert_eq!(whole.header("ETag"), "");
    assert_eq!(whole.text(), "0123456789");
    for (range, content_range, expected) in [
        ("bytes=2-4", "bytes 2-4/10", "234"),
        ("bytes=7-", "bytes 7-9/10", "789"),
        ("bytes=-2", "bytes 8-9/10", "89"),
        ("bytes=8-100", "bytes 8-9/10", "89"),
    ] {
        let part = drive.content(id).header("Range", range).send();
        assert_eq!(
            (part.status, part.header("Content-Range")),
            (206, content_range)
        );
        assert_eq!(part.text(), expected);
    }
    let beyond = refusal(drive.content(id).header("Range", "bytes=10-").send());
    let expected = (
        416,
        "requestedRangeNotSatisfiable".to_owned(),
        "Request range not satisfiable".to_owned(),
    );
    assert_eq!(beyond, expected);
}

#[test]
fn what_arrives_can_be_stored_otherwise() {
    let (sandbox, drive) = Drive::start();
    let store = |fault: Fault| {
        sandbox.inject(FaultRule::on("POST /upload/*", fault).times(1));
        let file = drive.upload(&json!({"name": "digits"}), CONTENT).json();
        let content = drive.content(text(&file, "/id")).send().text();
        (content, text(&file, "/md5Checksum").to_owned())
    };
    // The digests of "1123456789" and "012345678", by md5sum.
    let flipped = (
        "1123456789".to_owned(),
        "5c2ac85eb3834d3adb2289aa92f60457".to_owned(),
    );
    assert_eq!(store(Fault::FlipStored), flipped);
    let cut = (
        "012345678".to_owned(),
        "22975d8a5ed1b91445f6c55ac121505b".to_owned(),
    );
    assert_eq!(store(Fault::CutStored), cut);
    let (content, md5) = store(Fault::WrongDigest);
    assert_eq!(content, "0123456789");
    assert_ne!(md5, MD5);
    assert_eq!(
        store(Fault::Latency { ms: 0 }),
        ("0123456789".to_owned(), MD5.to_owned())
    );
}

#[test]
fn a_resumable_upload_can_be_stored_otherwise() {
    let (sandbox, drive) = Drive::start();
    sandbox.inject(FaultRule::on("PUT /upload/*", Fault::FlipStored).times(1));
    sandbox.inject(FaultRule::on("PUT /upload/*", Fault::CutStored).times(1));
    let path = "/upload/drive/v3/files?uploadType=resumable&fields=*&supportsAllDrives=true";
    let opened = drive.call("POST", path).send_json(&json!({}));
    let sent = call("PUT", opened.header("Location"))
        .header("Content-Range", "bytes 0-9/10")
        .header("Content-Length", "10")
        .send_bytes(CONTENT);
    let file = sent.json();
    assert_eq!(file["size"], "9");
    assert_eq!(drive.content(text(&file, "/id")).send().text(), "112345678");
}

#[test]
fn what_is_sent_can_differ_from_what_is_stored() {
    let (sandbox, drive) = Drive::start();
    let file = drive.upload(&json!({"name": "digits"}), CONTENT).json();
    let id = text(&file, "/id");
    let get = |fault: Fault| {
        sandbox.inject(FaultRule::on("GET /drive/v3/files/*", fault).times(1));
        let answer = drive.content(id).send();
        (answer.header("Content-Length").to_owned(), answer.text())
    };
    assert_eq!(
        get(Fault::FlipSent),
        ("10".to_owned(), "1123456789".to_owned())
    );
    assert_eq!(
        get(Fault::CutSent),
        ("9".to_owned(), "012345678".to_owned())
    );
    assert_eq!(drive.content(id).send().text(), "0123456789");
    assert_eq!(drive.file(id).json()["md5Checksum"], MD5);
}
