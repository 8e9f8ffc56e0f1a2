//! Creating, renaming, moving, copying, trashing and deleting.

use serde_json::json;

use super::{Drive, FOLDER, assert_refused, refusal};
use crate::application::{CLARA, text};

#[test]
fn a_new_file_has_what_drive_tells_of_files() {
    let (_sandbox, drive) = Drive::start();
    let file = drive
        .upload(&json!({"name": "poem.txt"}), b"Roses are red.\n")
        .json();
    let id = text(&file, "/id");
    assert_eq!(file["kind"], "drive#file");
    assert_eq!(file["mimeType"], "text/plain");
    assert_eq!(file["size"], "15");
    assert_eq!(file["quotaBytesUsed"], "15");
    // By md5sum, sha1sum and sha256sum.
    assert_eq!(file["md5Checksum"], "dde700f641fabeb0414d954dda9f6213");
    assert_eq!(
        file["sha1Checksum"],
        "5d7d5d668f9ef694586678f5ef582004bbb29718"
    );
    assert_eq!(
        file["sha256Checksum"],
        "4fe0abb3f40abbf2a783ce1d3c6335a74bfa9969c4ea4a7089b596c135cd9b20"
    );
    assert_eq!(file["trashed"], false);
    assert_eq!(file["ownedByMe"], true);
    assert_eq!(text(&file, "/owners/0/emailAddress"), CLARA);
    assert_eq!(file["capabilities"]["canDelete"], true);
    assert_eq!(file["version"], "1");
    assert_eq!(file["createdTime"], file["modifiedTime"]);
    assert_ne!(text(&file, "/headRevisionId"), "");
    let top = drive.get_json("files/root?fields=id,name,parents&supportsAllDrives=true");
    assert_eq!(top["name"], "My Drive");
    assert_eq!(top.get("parents"), None);
    assert_eq!(file["parents"], json!([top["id"]]));
    assert_eq!(drive.file(id).json(), file);
    assert_eq!(drive.content(id).send().text(), "Roses are red.\n");
}

#[test]
fn names_need_not_be_unique() {
    let (_sandbox, drive) = Drive::start();
    let one = drive.create(&json!({"name": "same"}));
    let other = drive.create(&json!({"name": "same"}));
    assert_ne!(one["id"], other["id"]);
    assert_eq!(drive.names("name = 'same'", ""), ["same", "same"]);
}

#[test]
fn a_generated_id_can_be_used_once() {
    let (_sandbox, drive) = Drive::start();
    let ids = drive.get_json("files/generateIds?count=3&space=drive");
    assert_eq!(ids["kind"], "drive#generatedIds");
    assert_eq!(ids["ids"].as_array().unwrap().len(), 3);
    let id = text(&ids, "/ids/0");
    let metadata = json!({"id": id, "name": "once"});
    assert_eq!(drive.create(&metadata)["id"], id);
    let (status, reason, message) = refusal(drive.post(&metadata));
    assert_eq!((status, &*reason), (409, "fileIdInUse"));
    assert_eq!(message, "A file already exists with the provided ID.");
    assert_eq!(drive.names("name = 'once'", ""), ["once"]);

    assert_refused(drive.post(&json!({"id": "invented"})), 400, "invalid");
    let document = "application/vnd.google-apps.document";
    let native = json!({"id": text(&ids, "/ids/1"), "mimeType": document});
    assert_refused(drive.post(&native), 403, "insufficientFilePermissions");
    let folder = json!({"id": text(&ids, "/ids/2"), "mimeType": FOLDER});
    assert_eq!(drive.post(&folder).status, 200);
    for path in ["files/generateIds?count=0", "files/generateIds?count=1001"] {
        assert_refused(drive.get(path), 400, "invalidParameter");
    }
}

#[test]
fn a_change_shows_and_counts() {
    let (_sandbox, drive) = Drive::start();
    let file = drive.create(&json!({"name": "old", "properties": {"a": "1", "b": "2"}}));
    let id = text(&file, "/id");
    let change = json!({"name": "new", "properties": {"a": null}, "description": "said"});
    let changed = drive.patch(id, "", &change).json();
    assert_eq!(changed["name"], "new");
    assert_eq!(changed["properties"], json!({"b": "2"}));
    assert_eq!(changed["description"], "said");
    assert_eq!(changed["version"], "2");
    let dated = json!({"modifiedTime": "2020-02-02T02:02:02.020Z"});
    let changed = drive.patch(id, "", &dated).json();
    assert_eq!(changed["modifiedTime"], "2020-02-02T02:02:02.020Z");
    for body in [
        json!({"parents": ["root"]}),
        json!({"id": "x"}),
        json!({"size": "1"}),
    ] {
        assert_refused(drive.patch(id, "", &body), 403, "fieldNotWritable");
    }
    let timeless = json!({"modifiedTime": "yesterday"});
    assert_refused(drive.patch(id, "", &timeless), 400, "invalid");
}

#[test]
fn a_file_moves_from_one_folder_to_another() {
    let (_sandbox, drive) = Drive::start();
    let folder = |name: &str| {
        let folder = drive.create(&json!({"name": name, "mimeType": FOLDER}));
        text(&folder, "/id").to_owned()
    };
    let (from, to) = (folder("from"), folder("to"));
    let file = drive.create(&json!({"name": "mover", "parents": [from]}));
    let id = text(&file, "/id");
    let nothing = json!({});
    let added = drive.patch(id, &format!("&addParents={to}"), &nothing);
    let (status, reason, message) = refusal(added);
    assert_eq!((status, &*reason), (403, "cannotAddParent"));
    assert_eq!(message, "Increasing the number of parents is not allowed");
    let moved = drive.patch(
        id,
        &format!("&addParents={to}&removeParents={from}"),
        &nothing,
    );
    assert_eq!(moved.json()["parents"], json!([to]));
    assert_eq!(drive.names(&format!("'{from}' in parents"), ""), [""; 0]);
    assert_eq!(drive.names(&format!("'{to}' in parents"), ""), ["mover"]);

    let to_file = drive.patch(
        &from,
        &format!("&addParents={id}&removeParents=root"),
        &nothing,
    );
    assert_refused(to_file, 403, "parentNotAFolder");
    let into_itself = format!("&addParents={to}&removeParents=root");
    assert_refused(
        drive.patch(&to, &into_itself, &nothing),
        403,
        "cyclicFolderHierarchy",
    );
    let nowhere = drive.patch(
        id,
        &format!("&addParents=nowhere&removeParents={to}"),
        &nothing,
    );
    assert_refused(nowhere, 404, "notFound");
    assert_refused(
        drive.post(&json!({"parents": ["nowhere"]})),
        404,
        "notFound",
    );
    assert_refused(drive.post(&json!({"parents": [from, to]})), 400, "invalid");
}

#[test]
fn the_trash_keeps_and_deletion_does_not() {
    let (_sandbox, drive) = Drive::start();
    let folder = drive.create(&json!({"name": "doomed", "mimeType": FOLDER}));
    let folder = text(&folder, "/id");
    let inner = drive
        .upload(&json!({"name": "inner", "parents": [folder]}), b"1234")
        .json();
    let inner = text(&inner, "/id");
    let in_trash = || {
        let about = drive.get_json("about?fields=storageQuota");
        text(&about, "/storageQuota/usageInDriveTrash").to_owned()
    };
    let trashed = drive.patch(folder, "", &json!({"trashed": true})).json();
    assert_eq!(trashed["trashed"], true);
    assert_eq!(trashed["explicitlyTrashed"], true);
    let inside = drive.file(inner).json();
    assert_eq!(
        (&inside["trashed"], &inside["explicitlyTrashed"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(in_trash(), "4");
    drive.patch(folder, "", &json!({"trashed": false}));
    assert_eq!(drive.file(inner).json()["trashed"], false);

    assert_eq!(drive.delete(folder).status, 204);
    for id in [folder, inner] {
        let (status, reason, message) = refusal(drive.file(id));
        assert_eq!((status, &*reason), (404, "notFound"));
        assert_eq!(message, format!("File not found: {id}."));
    }
    assert_refused(drive.delete(folder), 404, "notFound");
    assert_refused(drive.delete("root"), 403, "insufficientFilePermissions");

    let file = drive.upload(&json!({"name": "rubbish"}), b"12").json();
    drive.patch(text(&file, "/id"), "", &json!({"trashed": true}));
    assert_eq!(in_trash(), "2");
    assert_eq!(
        drive.call("DELETE", "/drive/v3/files/trash").send().status,
        204
    );
    assert_eq!(in_trash(), "0");
    assert_eq!(drive.file(text(&file, "/id")).status, 404);
}

#[test]
fn a_copy_is_a_file_of_its_own() {
    let (_sandbox, drive) = Drive::start();
    let original = drive
        .upload(&json!({"name": "song.txt"}), b"la la la")
        .json();
    let copy = |id: &str, body: &serde_json::Value| {
        let path = format!("/drive/v3/files/{id}/copy?fields=*&supportsAllDrives=true");
        drive.call("POST", &path).send_json(body)
    };
    let one = copy(text(&original, "/id"), &json!({})).json();
    assert_eq!(one["name"], "Copy of song.txt");
    assert_eq!(one["parents"], original["parents"]);
    assert_eq!(one["md5Checksum"], original["md5Checksum"]);
    assert_ne!(one["id"], original["id"]);
    drive.delete(text(&original, "/id"));
    assert_eq!(drive.content(text(&one, "/id")).send().text(), "la la la");

    let ids = drive.get_json("files/generateIds?count=1");
    let named = json!({"name": "other", "id": text(&ids, "/ids/0")});
    assert_eq!(copy(text(&one, "/id"), &named).json()["id"], ids["ids"][0]);
    assert_refused(copy(text(&one, "/id"), &named), 409, "fileIdInUse");
    assert_refused(copy("root", &json!({})), 403, "cannotCopyFile");
}

#[test]
fn a_shortcut_points_and_goes_alone() {
    let (_sandbox, drive) = Drive::start();
    let target = drive.upload(&json!({"name": "target"}), b"here").json();
    let mime_type = "application/vnd.google-apps.shortcut";
    let details = json!({"targetId": target["id"]});
    let shortcut =
        drive.create(&json!({"name": "way", "mimeType": mime_type, "shortcutDetails": details}));
    assert_eq!(
        shortcut["shortcutDetails"],
        json!({"targetId": target["id"], "targetMimeType": "text/plain"})
    );
    assert_eq!(shortcut.get("size"), None);
    let id = text(&shortcut, "/id");
    assert_refused(drive.content(id).send(), 403, "fileNotDownloadable");
    assert_eq!(drive.delete(id).status, 204);
    assert_eq!(drive.file(text(&target, "/id")).status, 200);
    let nowhere = json!({"mimeType": mime_type, "shortcutDetails": {"targetId": "nowhere"}});
    assert_refused(drive.post(&nowhere), 404, "notFound");
    assert_refused(
        drive.post(&json!({"mimeType": mime_type})),
        400,
        "shortcutTargetRequired",
    );
    let ids = drive.get_json("files/generateIds?count=1");
    let id = text(&ids, "/ids/0");
    let with_id = json!({"id": id, "mimeType": mime_type, "shortcutDetails": details});
    assert_refused(drive.post(&with_id), 400, "invalid");
}
