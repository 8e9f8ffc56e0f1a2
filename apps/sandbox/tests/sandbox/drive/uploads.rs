//! Uploads in one request.

use serde_json::json;
use wharf_sandbox::Provider;

use super::{Drive, FOLDER, assert_refused};
use crate::application::{CLARA, text};
use crate::client::call;

const MULTIPART: &str =
    "/upload/drive/v3/files?uploadType=multipart&fields=*&supportsAllDrives=true";

#[test]
fn a_content_can_come_alone_or_with_its_metadata() {
    let (sandbox, drive) = Drive::start();
    let path = "/upload/drive/v3/files?uploadType=media&fields=*&supportsAllDrives=true";
    let bare = drive
        .call("POST", path)
        .header("Content-Type", "text/csv")
        .send_bytes(b"a,b\n");
    let bare = bare.json();
    assert_eq!(
        (&bare["name"], &bare["mimeType"]),
        (&json!("Untitled"), &json!("text/csv"))
    );
    let folder = drive.create(&json!({"name": "f", "mimeType": FOLDER}));
    let metadata = json!({"name": "--edge", "parents": [folder["id"]], "mimeType": "text/x-odd"});
    let file = drive
        .upload(&metadata, b"\r\n--edg\r\n-- edge--\r\n")
        .json();
    assert_eq!(file["mimeType"], "text/x-odd");
    assert_eq!(file["parents"], json!([folder["id"]]));
    let content = drive.content(text(&file, "/id")).send();
    assert_eq!(content.header("Content-Type"), "text/x-odd");
    assert_eq!(content.text(), "\r\n--edg\r\n-- edge--\r\n");

    let path = format!(
        "/upload/drive/v3/files/{}?uploadType=media&fields=*&supportsAllDrives=true",
        text(&bare, "/id")
    );
    let changed = drive
        .call("PATCH", &path)
        .header("Content-Type", "text/plain")
        .send_bytes(b"c");
    let changed = changed.json();
    assert_eq!(
        (&changed["id"], &changed["size"]),
        (&bare["id"], &json!("1"))
    );
    assert_eq!(sandbox.contract_warnings(), []);
}

#[test]
fn a_multipart_body_may_end_its_lines_as_it_likes() {
    let (_sandbox, drive) = Drive::start();
    // As Google's own client for Python writes it: no carriage return, and a preamble.
    let metadata = b"Content-Type: multipart/related\n\n--edge\nContent-Type: application/json\n\n\
                     {\"name\": \"x\"}\n--edge\nMIME-Version: 1.0\nContent-Type: text/plain\n\n";
    for content in [&b"a\r"[..], b"", b"\n", b"\n--edg", b"--edgy\n-"] {
        let body = [&metadata[..], content, b"\n--edge--"].concat();
        let posted = drive
            .call("POST", MULTIPART)
            .header("Content-Type", "multipart/related; boundary=\"edge\"")
            .send_bytes(&body);
        assert_eq!(posted.status, 200);
        let stored = drive.content(text(&posted.json(), "/id")).send().bytes();
        assert_eq!(stored, content);
    }
}

#[test]
fn a_large_content_in_one_request_is_taken_and_noted() {
    let (sandbox, drive) = Drive::start();
    let content = vec![7; 5 * 1024 * 1024 + 1];
    let file = drive.upload(&json!({"name": "large"}), &content).json();
    assert_eq!(file["size"], content.len().to_string());
    let warnings = sandbox.contract_warnings();
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        warnings[0].text,
        "more than 5 MB without a resumable upload"
    );
}

#[test]
fn a_malformed_upload_leaves_nothing() {
    let (_sandbox, drive) = Drive::start();
    let post = |content_type: &str, body: &[u8]| {
        let request = drive
            .call("POST", MULTIPART)
            .header("Content-Type", content_type);
        request.send_bytes(body)
    };
    assert_refused(post("text/plain", b"what?"), 400, "badContent");
    let related = "multipart/related; boundary=edge";
    let one_part =
        b"--edge\r\nContent-Type: application/json\r\n\r\n{\"name\":\"x\"}\r\n--edge--\r\n";
    assert_refused(post(related, one_part), 400, "badContent");
    let no_json = b"--edge\r\nContent-Type: application/json\r\n\r\n{\r\n--edge\r\n\
                    Content-Type: text/plain\r\n\r\nx\r\n--edge--\r\n";
    assert_refused(post(related, no_json), 400, "parseError");
    let path = "/upload/drive/v3/files?uploadType=carrier-pigeon";
    assert_refused(drive.call("POST", path).send_bytes(b"coo"), 400, "invalid");
    assert_eq!(drive.names("name = 'x' or name = 'Untitled'", ""), [""; 0]);
}

#[test]
fn a_full_account_takes_no_more() {
    let (sandbox, drive) = Drive::start();
    let about = drive.get_json("about?fields=storageQuota");
    let used: u64 = text(&about, "/storageQuota/usage").parse().unwrap();
    sandbox.set_storage_limit(Provider::Google, CLARA, used + 10);
    let file = drive.upload(&json!({"name": "fits"}), b"1234567890");
    assert_eq!(file.status, 200);
    let (status, reason, message) = super::refusal(drive.upload(&json!({"name": "over"}), b"1"));
    assert_eq!((status, &*reason), (403, "storageQuotaExceeded"));
    assert_eq!(message, "The user's Drive storage quota has been exceeded.");
    // Folders take no room, and what is deleted gives its room back.
    assert_eq!(drive.post(&json!({"mimeType": FOLDER})).status, 200);
    drive.delete(text(&file.json(), "/id"));
    assert_eq!(
        drive.upload(&json!({"name": "fits again"}), b"1").status,
        200
    );

    let body = json!({"provider": "google", "account": CLARA, "bytes": 0});
    let url = format!("{}/storage-limit", sandbox.control_url());
    assert_eq!(call("POST", url).send_json(&body).status, 204);
    assert_refused(drive.upload(&json!({}), b"1"), 403, "storageQuotaExceeded");
}
