//! What tests can count on from the start, and what they can order.

use serde_json::{Value, json};
use wharf_sandbox::{GeneratedFile, Sandbox};

use super::{Drive, FOLDER};
use crate::application::{ANNA, BEN, CLARA, text};
use crate::client::call;

#[test]
fn a_thousand_files_lie_in_nested_folders() {
    let (_sandbox, drive) = Drive::start();
    let top = drive.id("name = 'A thousand files'");
    let (mut folders, mut files) = (vec![top], Vec::new());
    while let Some(folder) = folders.pop() {
        let q = format!("'{folder}' in parents and trashed = false");
        for entry in drive.list(&q, ",files(mimeType)&pageSize=1000") {
            if entry["mimeType"] == FOLDER {
                folders.push(text(&entry, "/id").to_owned());
            } else {
                files.push(text(&entry, "/name").to_owned());
            }
        }
    }
    assert_eq!(files.len(), 1000);
    for odd in [
        "a/slash.txt",
        "..",
        "日本語 🚢.txt",
        " leading and trailing ",
        "tab\there",
    ] {
        assert!(files.iter().any(|name| name == odd), "{odd}");
    }
}

#[test]
fn shortcuts_duplicates_and_native_documents_are_there_for_everyone() {
    let sandbox = Sandbox::start();
    for person in [ANNA, BEN, CLARA] {
        let drive = Drive::of(&sandbox, person);
        assert_eq!(drive.names("name = 'twin.txt'", ""), ["twin.txt"; 3]);
        let shortcuts = drive.id("name = 'Shortcuts'");
        let q = format!("'{shortcuts}' in parents and name contains 'to'");
        let shortcuts = drive.list(&q, ",files(shortcutDetails)&orderBy=name");
        let target = |shortcut: &Value| text(shortcut, "/shortcutDetails/targetId").to_owned();
        let statuses: Vec<u16> = shortcuts
            .iter()
            .map(|shortcut| drive.file(&target(shortcut)).status)
            .collect();
        assert_eq!(statuses, [200, 200, 404]);
        let natives = drive.id("name = 'Native documents'");
        let natives = drive.names(&format!("'{natives}' in parents"), "&orderBy=name");
        assert_eq!(
            natives,
            ["Chronicle", "Fees", "Minutes", "Plans", "Questions"]
        );
    }
}

#[test]
fn a_file_can_be_of_any_size() {
    let (sandbox, drive) = Drive::start();
    let tebibyte = GeneratedFile {
        name: "huge.bin".to_owned(),
        size_bytes: 1 << 40,
        seed: 5,
        folder: None,
    };
    let id = sandbox.add_drive_file(CLARA, &tebibyte);
    let file = drive.file(&id).json();
    assert_eq!(file["size"], "1099511627776");
    assert_eq!(file.get("md5Checksum"), None);
    let end = drive.content(&id).header("Range", "bytes=-4").send();
    assert_eq!(end.status, 206);
    assert_eq!(
        end.header("Content-Range"),
        "bytes 1099511627772-1099511627775/1099511627776"
    );
    assert_eq!(end.bytes().len(), 4);

    let url = format!("{}/drive/files?account={CLARA}", sandbox.control_url());
    let order = json!({"name": "small.bin", "size_bytes": 100_000, "seed": 5});
    let ordered = call("POST", url).send_json(&order);
    assert_eq!(ordered.status, 201);
    let small = drive.content(text(&ordered.json(), "/id")).send().bytes();
    let begin = drive
        .content(&id)
        .header("Range", "bytes=0-99999")
        .send()
        .bytes();
    assert_eq!(small.len(), 100_000);
    assert!(small == begin, "the same seed has the same bytes");
    let url = format!("{}/drive/files?account=nobody", sandbox.control_url());
    assert_eq!(call("POST", url).send_json(&order).status, 404);
}
