//! `changes`: what happened since.

use serde_json::{Value, json};
use wharf_sandbox::Sandbox;

use super::{Drive, assert_refused};
use crate::application::{ANNA, BEN, CLARA, text};

const FIELDS: &str = "fields=*&supportsAllDrives=true";

fn start_token(drive: &Drive) -> String {
    let start = drive.get_json("changes/startPageToken?supportsAllDrives=true");
    assert_eq!(start["kind"], "drive#startPageToken");
    text(&start, "/startPageToken").to_owned()
}

fn since(drive: &Drive, token: &str, more: &str) -> Value {
    drive.get_json(&format!("changes?pageToken={token}&{FIELDS}{more}"))
}

#[test]
fn changes_tell_the_latest_of_each_file() {
    let (_sandbox, drive) = Drive::start();
    let token = start_token(&drive);
    assert_eq!(since(&drive, &token, "")["changes"], json!([]));
    let kept = drive.create(&json!({"name": "kept"}));
    let gone = drive.create(&json!({"name": "gone"}));
    drive.patch(text(&kept, "/id"), "", &json!({"name": "renamed"}));
    drive.delete(text(&gone, "/id"));

    let list = since(&drive, &token, "");
    let changes = list["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[0]["fileId"], kept["id"]);
    assert_eq!(changes[0]["removed"], false);
    assert_eq!(text(&changes[0], "/file/name"), "renamed");
    assert_eq!(changes[1]["fileId"], gone["id"]);
    assert_eq!(changes[1]["removed"], true);
    assert_eq!(changes[1].get("file"), None);
    assert_eq!(list["newStartPageToken"], start_token(&drive));
    assert_eq!(list.get("nextPageToken"), None);
    let alive = since(&drive, &token, "&includeRemoved=false");
    assert_eq!(alive["changes"].as_array().unwrap().len(), 1);
}

#[test]
fn changes_come_in_pages() {
    let (_sandbox, drive) = Drive::start();
    let mut token = start_token(&drive);
    for number in 0..5 {
        drive.create(&json!({"name": format!("{number}")}));
    }
    let mut names = Vec::new();
    let last = loop {
        let page = since(&drive, &token, "&pageSize=2");
        for change in page["changes"].as_array().unwrap() {
            names.push(text(change, "/file/name").to_owned());
        }
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break page,
        }
    };
    assert_eq!(names, ["0", "1", "2", "3", "4"]);
    assert_eq!(last["newStartPageToken"], start_token(&drive));
}

#[test]
fn changes_are_for_those_who_may_see_them() {
    let sandbox = Sandbox::start();
    let [anna, ben, clara] = [ANNA, BEN, CLARA].map(|person| Drive::of(&sandbox, person));
    let token = start_token(&clara);
    let drives = clara.get_json("drives?fields=drives(id,name)");
    let crew = text(&drives, "/drives/0/id");
    clara.create(&json!({"name": "own"}));
    clara.create(&json!({"name": "crew's", "parents": [crew]}));
    let names = |drive: &Drive, more: &str| {
        let list = since(drive, &token, more);
        let changes = list["changes"].as_array().unwrap().iter();
        changes
            .map(|change| text(change, "/file/name").to_owned())
            .collect::<Vec<_>>()
    };
    let all = "&includeItemsFromAllDrives=true";
    assert_eq!(names(&clara, ""), ["own"]);
    assert_eq!(names(&clara, all), ["own", "crew's"]);
    assert_eq!(names(&clara, &format!("{all}&driveId={crew}")), ["crew's"]);
    assert_eq!(names(&anna, all), ["crew's"]);
    assert_eq!(names(&ben, all), [""; 0]);
}

#[test]
fn a_token_must_be_one_that_was_given() {
    let (_sandbox, drive) = Drive::start();
    for token in ["soon", "0", "1000000"] {
        assert_refused(
            drive.get(&format!("changes?pageToken={token}")),
            400,
            "invalid",
        );
    }
    assert_refused(drive.get("changes"), 400, "required");
    assert_refused(
        drive.get("changes/startPageToken?driveId=nowhere"),
        404,
        "notFound",
    );
}
