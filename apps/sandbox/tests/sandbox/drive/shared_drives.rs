//! Shared drives: who sees them, and what it takes to see them.

use serde_json::json;
use wharf_sandbox::Sandbox;

use super::{Drive, FOLDER, assert_refused};
use crate::application::{ANNA, BEN, CLARA, text};

#[test]
fn members_see_their_drives_and_others_none() {
    let sandbox = Sandbox::start();
    for person in [ANNA, CLARA] {
        let drive = Drive::of(&sandbox, person);
        let list = drive.get_json("drives?fields=*");
        let names: Vec<&str> = (0..2).map(|n| text(&list["drives"][n], "/name")).collect();
        assert_eq!(names, ["Harbour crew", "Archive"]);
        let id = text(&list, "/drives/0/id");
        assert_eq!(
            drive.get_json(&format!("drives/{id}?fields=*")),
            list["drives"][0]
        );
        let first = drive.get_json("drives?pageSize=1&fields=nextPageToken,drives/name");
        assert_eq!(first["drives"], json!([{"name": "Harbour crew"}]));
        let next = text(&first, "/nextPageToken");
        let second = format!("drives?pageSize=1&pageToken={next}&fields=nextPageToken,drives/name");
        assert_eq!(
            drive.get_json(&second),
            json!({"drives": [{"name": "Archive"}]})
        );
    }
    let ben = Drive::of(&sandbox, BEN);
    assert_eq!(ben.get_json("drives?fields=drives"), json!({"drives": []}));
    assert_refused(ben.get("drives/nowhere?fields=*"), 404, "notFound");
}

#[test]
fn a_shared_drive_is_hidden_from_those_who_do_not_ask_for_it() {
    let (sandbox, drive) = Drive::start();
    let list = drive.get_json("drives?fields=drives(id)");
    let id = text(&list, "/drives/0/id");
    let careful =
        format!("&corpora=drive&driveId={id}&includeItemsFromAllDrives=true&orderBy=name");
    let q = format!("'{id}' in parents");
    assert_eq!(drive.names(&q, &careful), ["Berths", "Read me first.txt"]);
    let file = drive.list("name = 'Read me first.txt'", &careful)[0]["id"].clone();
    let file = file.as_str().unwrap();
    assert_eq!(drive.file(file).json()["driveId"], id);
    assert_eq!(drive.content(file).send().text(), "Welcome aboard.\n");
    assert_eq!(drive.names(&q, ""), [""; 0]);
    assert_eq!(drive.names("name = 'Read me first.txt'", ""), [""; 0]);
    assert_eq!(sandbox.contract_warnings(), []);

    let careless = drive.get(&format!("files/{file}?fields=id"));
    assert_refused(careless, 404, "notFound");
    let careless = drive.call("POST", "/drive/v3/files?fields=id");
    assert_refused(
        careless.send_json(&json!({"parents": [id]})),
        404,
        "notFound",
    );
    let warned: Vec<String> = sandbox
        .contract_warnings()
        .into_iter()
        .map(|warning| format!("{} {}", warning.method, warning.text))
        .collect();
    assert_eq!(
        warned,
        [
            "GET supportsAllDrives=true is missing",
            "POST supportsAllDrives=true is missing"
        ]
    );
    let half = drive.get(&format!(
        "files?corpora=drive&driveId={id}&supportsAllDrives=true"
    ));
    assert_refused(half, 403, "teamDrivesIncludeItemsRequired");
    assert_refused(
        drive.get(&format!("files?driveId={id}")),
        400,
        "invalidParameter",
    );
    assert_refused(drive.get("files?corpora=drive"), 400, "invalidParameter");
    assert_refused(
        drive.get("files?corpora=drive&driveId=nowhere"),
        404,
        "notFound",
    );
}

#[test]
fn a_shared_drive_has_members_of_several_kinds() {
    let (sandbox, drive) = Drive::start();
    let list = drive.get_json("drives?fields=drives(id,capabilities)");
    let (crew, archive) = (text(&list, "/drives/0/id"), text(&list, "/drives/1/id"));
    assert_eq!(list["drives"][1]["capabilities"]["canAddChildren"], false);
    let made = drive.create(&json!({"name": "log", "parents": [crew]}));
    assert_eq!(made["driveId"], crew);
    assert_eq!(made.get("owners"), None);
    assert_eq!(drive.delete(text(&made, "/id")).status, 204);
    let refused = drive.post(&json!({"name": "log", "parents": [archive]}));
    assert_refused(refused, 403, "insufficientFilePermissions");
    let anna = Drive::of(&sandbox, ANNA);
    assert_eq!(
        anna.post(&json!({"name": "log", "parents": [archive]}))
            .status,
        200
    );
}

#[test]
fn files_move_into_a_shared_drive_and_folders_do_not() {
    let (_sandbox, drive) = Drive::start();
    let list = drive.get_json("drives?fields=drives(id)");
    let crew = text(&list, "/drives/0/id");
    let usage = || {
        let about = drive.get_json("about?fields=storageQuota/usage");
        text(&about, "/storageQuota/usage").parse::<u64>().unwrap()
    };
    let before = usage();
    let file = drive.upload(&json!({"name": "log"}), b"12345").json();
    assert_eq!(usage(), before + 5);
    let into = format!("&addParents={crew}&removeParents=root");
    let moved = drive.patch(text(&file, "/id"), &into, &json!({})).json();
    assert_eq!(
        (&moved["driveId"], &moved["parents"]),
        (&json!(crew), &json!([crew]))
    );
    assert_eq!(usage(), before);
    let folder = drive.create(&json!({"name": "logs", "mimeType": FOLDER}));
    let refused = drive.patch(text(&folder, "/id"), &into, &json!({}));
    assert_refused(refused, 403, "teamDrivesFolderMoveInNotSupported");
}
