//! `files.list`: queries, order, pages and masks.

use serde_json::{Value, json};

use super::{Drive, FOLDER, assert_refused};
use crate::application::text;

#[test]
fn a_folder_is_listed_by_its_id_and_the_top_by_its_alias() {
    let (_sandbox, drive) = Drive::start();
    let names = drive.names(
        "'root' in parents and trashed = false",
        "&orderBy=folder,name",
    );
    let expected = [
        "A thousand files",
        "Duplicates",
        "Empty",
        "Native documents",
        "Odd names",
        "Photos",
        "Reports",
        "Shortcuts",
        "Ten thousand files",
        "Welcome.txt",
    ];
    assert_eq!(names, expected);
    let reports = drive.id("name = 'Reports' and mimeType = 'application/vnd.google-apps.folder'");
    assert_eq!(
        drive.names(&format!("'{reports}' in parents"), ""),
        ["2026"]
    );
}

#[test]
fn queries_select_by_name_type_and_trash() {
    let (_sandbox, drive) = Drive::start();
    let folder = drive.create(&json!({"name": "Queries", "mimeType": FOLDER}));
    let folder = text(&folder, "/id");
    for name in ["it's here", r"back\slash", "Alpha beta", "ALPHA", "gamma"] {
        drive.create(&json!({"name": name, "parents": [folder]}));
    }
    let gamma = drive.id("name = 'gamma'");
    assert_eq!(
        drive.patch(&gamma, "", &json!({"trashed": true})).status,
        200
    );
    drive.create(&json!({"name": "inner", "parents": [folder], "mimeType": FOLDER}));

    let found = |condition: &str| {
        drive.names(
            &format!("'{folder}' in parents and {condition}"),
            "&orderBy=name",
        )
    };
    assert_eq!(found(r"name = 'it\'s here'"), ["it's here"]);
    assert_eq!(found(r"name = 'back\\slash'"), [r"back\slash"]);
    assert_eq!(found("name = 'alpha'"), ["ALPHA"]);
    assert_eq!(found("name contains 'alp'"), ["ALPHA", "Alpha beta"]);
    assert_eq!(found("name contains 'bet'"), ["Alpha beta"]);
    assert_eq!(found("name contains 'eta'"), [""; 0]);
    assert_eq!(found(&format!("mimeType = '{FOLDER}'")), ["inner"]);
    assert_eq!(found("trashed = true"), ["gamma"]);
    assert_eq!(found("not trashed = false"), ["gamma"]);
    assert_eq!(
        found(&format!(
            "trashed = false and mimeType != '{FOLDER}' and not name contains 'a'"
        )),
        [r"back\slash", "it's here"]
    );
    assert_eq!(
        found("(name = 'gamma' or name = 'inner')"),
        ["gamma", "inner"]
    );
    assert_eq!(found("sharedWithMe = false and name = 'gamma'"), ["gamma"]);
}

#[test]
fn pages_follow_each_other_and_leave_nothing_out() {
    let (_sandbox, drive) = Drive::start();
    let folder = drive.id("name = 'Ten thousand files'");
    let path = format!(
        "files?q='{folder}'+in+parents&orderBy=name&pageSize=1000&supportsAllDrives=true\
         &fields=nextPageToken,files/name"
    );
    let mut names = Vec::new();
    let mut token = String::new();
    let mut pages = 0;
    loop {
        let page = drive.get_json(&format!("{path}{token}"));
        let files = page["files"].as_array().unwrap();
        names.extend(files.iter().map(|file| text(file, "/name").to_owned()));
        pages += 1;
        match page["nextPageToken"].as_str() {
            Some(next) => token = format!("&pageToken={next}"),
            None => break,
        }
    }
    assert_eq!(pages, 10);
    let expected: Vec<String> = (0..10_000)
        .map(|number| format!("file-{number:05}.txt"))
        .collect();
    assert_eq!(names, expected);
}

#[test]
fn a_page_leaves_out_what_has_gone_and_repeats_nothing() {
    let (_sandbox, drive) = Drive::start();
    let folder = drive.create(&json!({"name": "Going", "mimeType": FOLDER}));
    let folder = text(&folder, "/id");
    for number in 0..6 {
        drive.create(&json!({"name": format!("{number}"), "parents": [folder]}));
    }
    let path = format!(
        "files?q='{folder}'+in+parents&orderBy=name&pageSize=2&supportsAllDrives=true\
         &fields=nextPageToken,files(id,name)"
    );
    let mut seen = Vec::new();
    let mut page = drive.get_json(&path);
    loop {
        for file in page["files"].as_array().unwrap() {
            seen.push(text(file, "/name").to_owned());
            assert_eq!(drive.delete(text(file, "/id")).status, 204);
        }
        let Some(token) = page["nextPageToken"].as_str() else {
            break;
        };
        page = drive.get_json(&format!("{path}&pageToken={token}"));
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4", "5"]);
}

#[test]
fn a_page_token_is_of_no_use_for_another_question() {
    let (_sandbox, drive) = Drive::start();
    let first = drive.get_json("files?pageSize=1&fields=nextPageToken&supportsAllDrives=true");
    let token = text(&first, "/nextPageToken");
    for path in [
        format!("files?pageToken={token}&q=trashed=false&fields=files/id"),
        format!("files?pageToken={token}x&fields=files/id"),
        "files?pageToken=any&fields=files/id".to_owned(),
    ] {
        let answer = drive.get(&path);
        assert_eq!(answer.status, 400);
        let error = answer.json();
        assert_eq!(text(&error, "/error/message"), "Invalid Value");
        assert_eq!(text(&error, "/error/errors/0/location"), "pageToken");
    }
    assert_eq!(
        drive
            .get(&format!("files?pageToken={token}&fields=files/id"))
            .status,
        200
    );
}

#[test]
fn order_is_by_every_key_that_is_named() {
    let (_sandbox, drive) = Drive::start();
    let folder = drive.create(&json!({"name": "Ordered", "mimeType": FOLDER}));
    let folder = text(&folder, "/id");
    let upload = |name: &str, time: &str, content: &[u8]| {
        let metadata = json!({"name": name, "parents": [folder], "modifiedTime": time});
        assert_eq!(drive.upload(&metadata, content).status, 200);
    };
    upload("file 10", "2026-01-03T00:00:00Z", b"ccc");
    upload("File 2", "2026-01-01T00:00:00Z", b"b");
    upload("file 1", "2026-01-02T00:00:00Z", b"aa");
    drive.create(&json!({"name": "z", "parents": [folder], "mimeType": FOLDER}));
    let ordered = |order: &str| {
        let folder_only = format!("'{folder}' in parents");
        drive.names(&folder_only, &format!("&orderBy={order}"))
    };
    assert_eq!(ordered("name"), ["file 1", "file 10", "File 2", "z"]);
    assert_eq!(ordered("name+desc"), ["z", "File 2", "file 10", "file 1"]);
    assert_eq!(
        ordered("folder,name_natural"),
        ["z", "file 1", "File 2", "file 10"]
    );
    assert_eq!(
        ordered("folder,modifiedTime"),
        ["z", "File 2", "file 1", "file 10"]
    );
    assert_eq!(
        ordered("quotaBytesUsed+desc"),
        ["file 10", "file 1", "File 2", "z"]
    );
}

#[test]
fn fields_select_and_without_them_little_comes() {
    let (_sandbox, drive) = Drive::start();
    let q = "q=name='Welcome.txt'&supportsAllDrives=true";
    let whole = drive.get_json(&format!(
        "files?{q}&fields=files(name,size,md5Checksum),kind"
    ));
    // The digest of "Welcome to the sandbox.\n", by md5sum.
    let expected = json!({
        "kind": "drive#fileList",
        "files": [{
            "name": "Welcome.txt",
            "size": "24",
            "md5Checksum": "791c44dafcf7f14c2cb6d6016fa1f6a5",
        }],
    });
    assert_eq!(whole, expected);
    let by_default = drive.get_json(&format!("files?{q}"));
    let members = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(members(&by_default), ["files", "incompleteSearch", "kind"]);
    let file = &by_default["files"][0];
    assert_eq!(members(file), ["id", "kind", "mimeType", "name"]);
}

#[test]
fn what_cannot_be_read_is_refused_by_its_name() {
    let (_sandbox, drive) = Drive::start();
    for (query, location, message) in [
        ("q=name+is+'a'", "q", "Invalid Value"),
        ("orderBy=size", "orderBy", "Invalid Value"),
        ("corpora=everything", "corpora", "Invalid Value"),
        ("spaces=outer", "spaces", "Invalid Value"),
        (
            "pageSize=1001",
            "pageSize",
            "Invalid value '1001'. Values must be within the range: [1, 1000]",
        ),
        (
            "pageSize=0",
            "pageSize",
            "Invalid value '0'. Values must be within the range: [1, 1000]",
        ),
        ("fields=files(nme)", "fields", "Invalid field selection nme"),
        ("fields=files(", "fields", "Invalid field selection files("),
    ] {
        let answer = drive.get(&format!("files?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        let error = answer.json();
        assert_eq!(text(&error, "/error/message"), message, "{query}");
        assert_eq!(text(&error, "/error/errors/0/location"), location);
        assert_eq!(text(&error, "/error/errors/0/locationType"), "parameter");
    }
    assert_refused(drive.get("files?q='nowhere'+in+parents"), 404, "notFound");
}
