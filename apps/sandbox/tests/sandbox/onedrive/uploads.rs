//! Files in one request.

use serde_json::json;
use wharf_sandbox::{Fault, FaultRule, Provider};

use super::{OneDrive, assert_refused};
use crate::application::{ANNA, BEN, text};

#[test]
fn a_file_is_made_and_replaced() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let made = onedrive.put("a.txt", b"first");
    assert_eq!(made.status, 201);
    let made = made.json();
    let id = text(&made, "/id");
    let replaced = onedrive.put("A.TXT", b"second");
    assert_eq!(replaced.status, 200);
    let replaced = replaced.json();
    assert_eq!(
        (&replaced["id"], &replaced["name"]),
        (&made["id"], &json!("a.txt"))
    );
    assert_ne!(replaced["eTag"], made["eTag"]);
    assert_ne!(replaced["cTag"], made["cTag"]);
    let by_id = onedrive.send("PUT", &format!("me/drive/items/{id}/content"), b"third");
    assert_eq!(by_id.status, 200);
    assert_eq!(onedrive.content(id), b"third");
    let empty = onedrive.put("empty.txt", b"").json();
    assert_eq!(empty["size"], 0);
    assert_eq!(onedrive.content(text(&empty, "/id")), b"");
    assert_eq!(sandbox.contract_warnings(), []);
}

#[test]
fn a_taken_name_is_dealt_with_as_the_client_says() {
    let (_sandbox, onedrive) = OneDrive::start(BEN);
    let put = |conflict: &str, content: &[u8]| {
        let path = "me/drive/root:/a.b.txt:/content?@microsoft.graph.conflictBehavior=";
        onedrive.send("PUT", &format!("{path}{conflict}"), content)
    };
    assert_eq!(put("fail", b"1").status, 201);
    assert_refused(put("fail", b"2"), 409, "nameAlreadyExists");
    let renamed = put("rename", b"3");
    assert_eq!(renamed.status, 201);
    assert_eq!(renamed.json()["name"], "a.b 1.txt");
    assert_eq!(put("rename", b"4").json()["name"], "a.b 2.txt");
    assert_eq!(put("replace", b"5").status, 200);
    assert_refused(put("ask", b"6"), 400, "invalidRequest");
    onedrive.create_folder("root", "folder");
    assert_refused(onedrive.put("folder", b"7"), 409, "nameAlreadyExists");
}

#[test]
fn folders_on_the_way_are_made() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let file = onedrive.put("New/Deep/a.txt", b"a");
    assert_eq!(file.status, 201);
    let path = text(&file.json(), "/parentReference/path").to_owned();
    assert!(path.ends_with("/root:/New/Deep"), "{path}");
    assert_refused(
        onedrive.put("Welcome.txt/a.txt", b"a"),
        409,
        "nameAlreadyExists",
    );
    let folder = onedrive.get_json("me/drive/root:/New");
    assert_eq!(
        (&folder["size"], &folder["folder"]),
        (&json!(1), &json!({"childCount": 1}))
    );
}

#[test]
fn a_length_is_demanded_and_has_a_limit() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let chunked = onedrive.call("PUT", "me/drive/root:/a.txt:/content");
    assert_refused(chunked.send_bytes(b"a"), 411, "invalidRequest");
    let over = vec![0; 250 * 1024 * 1024 + 1];
    assert_refused(onedrive.put("a.txt", &over), 413, "invalidRequest");
    assert_refused(onedrive.get("me/drive/root:/a.txt"), 404, "itemNotFound");
}

#[test]
fn a_version_can_be_demanded() {
    let (_sandbox, onedrive) = OneDrive::start(BEN);
    let file = onedrive.put("a.txt", b"1").json();
    let put = |tag: &str, content: &[u8]| {
        let call = onedrive.call("PUT", "me/drive/root:/a.txt:/content");
        super::with_length(call.header("If-Match", tag), content)
    };
    assert_eq!(put(text(&file, "/eTag"), b"2").status, 200);
    assert_refused(put(text(&file, "/eTag"), b"3"), 412, "resourceModified");
    assert_refused(put(text(&file, "/cTag"), b"3"), 412, "resourceModified");
    assert_eq!(put("*", b"4").status, 200);
}

#[test]
fn a_full_drive_takes_no_more() {
    let (sandbox, onedrive) = OneDrive::start(BEN);
    let used = onedrive.get_json("me/drive")["quota"]["used"]
        .as_u64()
        .unwrap();
    sandbox.set_storage_limit(Provider::Microsoft, BEN, used + 10);
    assert_eq!(onedrive.put("fits", b"0123456789").status, 201);
    assert_refused(onedrive.put("over", b"1"), 507, "quotaLimitReached");
    // What is replaced gives its room.
    assert_eq!(onedrive.put("fits", b"9876543210").status, 200);
    let quota = onedrive.get_json("me/drive")["quota"].clone();
    assert_eq!(
        (&quota["remaining"], &quota["state"]),
        (&json!(0), &json!("exceeded"))
    );
    onedrive.create_folder("root", "takes no room");
}

#[test]
fn sharepoint_rewrites_office_files() {
    let content = b"PK a document";
    let (_sandbox, business) = OneDrive::start(ANNA);
    let (_sandbox_of_ben, personal) = OneDrive::start(BEN);
    let hash = |onedrive: &OneDrive, name: &str| {
        let file = onedrive.put(name, content).json();
        let stored = onedrive.content(text(&file, "/id"));
        assert_eq!(file["size"], stored.len());
        let hash = text(&file, "/file/hashes/quickXorHash").to_owned();
        (stored == content, hash)
    };
    let (is_kept, sent) = hash(&business, "report.txt");
    assert!(is_kept);
    for name in ["report.docx", "REPORT.XLSX"] {
        let (is_kept, stored) = hash(&business, name);
        assert!(!is_kept && stored != sent, "{name}");
        assert_eq!(hash(&personal, name), (true, sent.clone()), "{name}");
    }
}

#[test]
fn what_arrives_can_be_stored_otherwise() {
    let (sandbox, onedrive) = OneDrive::start(BEN);
    let store = |fault: Fault| {
        sandbox.inject(FaultRule::on("PUT /v1.0/*", fault).times(1));
        let file = onedrive.put("digits.txt", b"0123456789").json();
        let content = onedrive.content(text(&file, "/id"));
        let hash = text(&file, "/file/hashes/sha1Hash").to_owned();
        (String::from_utf8(content).unwrap(), hash)
    };
    // By sha1sum.
    let sha1 = "87ACEC17CD9DCD20A716CC2CF67417B71C8A7016";
    let sound = ("0123456789".to_owned(), sha1.to_owned());
    assert_eq!(store(Fault::Latency { ms: 0 }), sound);
    assert_eq!(store(Fault::FlipStored).0, "1123456789");
    assert_eq!(store(Fault::CutStored).0, "012345678");
    let (content, hash) = store(Fault::WrongDigest);
    assert_eq!(content, "0123456789");
    assert_ne!(hash, sha1);
}
