//! Scopes, and files of other people.

use serde_json::json;
use wharf_sandbox::Sandbox;

use super::{Drive, FOLDER, assert_refused};
use crate::application::{ANNA, BEN, CLARA, DRIVE, at_google, text};

fn with_scope(sandbox: &Sandbox, scope: &str) -> Drive {
    let app = at_google(sandbox);
    let sent_back = app.grant(ANNA, &[("scope", scope), ("prompt", "consent")]);
    let tokens = app.redeem(&sent_back.get("code").unwrap()).json();
    Drive {
        access_token: text(&tokens, "/access_token").to_owned(),
        api_url: app.api_url,
    }
}

#[test]
fn what_somebody_shares_can_be_read_or_written_and_not_removed() {
    let sandbox = Sandbox::start();
    let [anna, ben, clara] = [ANNA, BEN, CLARA].map(|person| Drive::of(&sandbox, person));
    let id = ben.id("name = 'Shared by Ben.txt'");
    for drive in [&anna, &clara] {
        assert_eq!(drive.id("sharedWithMe = true"), id);
        let file = drive.file(&id).json();
        assert_eq!(
            (&file["ownedByMe"], &file["shared"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(file.get("parents"), None);
        assert_eq!(file["capabilities"]["canTrash"], false);
        assert_eq!(drive.content(&id).send().text(), "Ben's own words\n");
        let trashed = drive.patch(&id, "", &json!({"trashed": true}));
        assert_refused(trashed, 403, "insufficientFilePermissions");
        assert_refused(drive.delete(&id), 403, "insufficientFilePermissions");
    }
    let rename = json!({"name": "Renamed"});
    assert_refused(
        anna.patch(&id, "", &rename),
        403,
        "insufficientFilePermissions",
    );
    assert_eq!(clara.patch(&id, "", &rename).status, 200);
    assert_eq!(ben.delete(&id).status, 204);
    assert_refused(anna.file(&id), 404, "notFound");
    let own = ben.id("name = 'Welcome.txt'");
    assert_refused(anna.file(&own), 404, "notFound");
}

#[test]
fn an_application_with_files_of_its_own_sees_no_others() {
    let sandbox = Sandbox::start();
    let confined = with_scope(&sandbox, &format!("{DRIVE}.file"));
    assert_eq!(confined.names("trashed = false", ""), [""; 0]);
    let file = confined.upload(&json!({"name": "mine"}), b"own").json();
    let id = text(&file, "/id");
    assert_eq!(confined.names("'root' in parents", ""), ["mine"]);
    assert_eq!(confined.content(id).send().text(), "own");
    let whole = Drive::of(&sandbox, ANNA);
    let other = whole.id("name = 'Welcome.txt'");
    assert_refused(confined.file(&other), 404, "notFound");
    let folder = whole.id("name = 'Reports'");
    assert_refused(
        confined.post(&json!({"parents": [folder]})),
        404,
        "notFound",
    );
}

#[test]
fn a_scope_that_only_reads_does_only_that() {
    let sandbox = Sandbox::start();
    let reading = with_scope(&sandbox, &format!("{DRIVE}.readonly"));
    let id = reading.id("name = 'Welcome.txt'");
    assert_eq!(
        reading.content(&id).send().text(),
        "Welcome to the sandbox.\n"
    );
    let refused = reading.post(&json!({"mimeType": FOLDER}));
    assert_refused(refused, 403, "insufficientPermissions");
    assert_refused(
        reading.upload(&json!({}), b"1"),
        403,
        "insufficientPermissions",
    );
    assert_refused(reading.delete(&id), 403, "insufficientPermissions");
    let metadata = with_scope(&sandbox, &format!("{DRIVE}.metadata.readonly"));
    assert_eq!(metadata.file(&id).status, 200);
    assert_refused(metadata.content(&id).send(), 403, "insufficientPermissions");
}

#[test]
fn without_a_token_there_is_nothing() {
    let (_sandbox, drive) = Drive::start();
    let stranger = Drive {
        access_token: "unknown".to_owned(),
        api_url: drive.api_url,
    };
    for path in [
        "files?fields=*",
        "files/root?fields=*",
        "drives",
        "changes?pageToken=1",
    ] {
        assert_refused(stranger.get(path), 401, "authError");
    }
    assert_refused(stranger.upload(&json!({}), b"1"), 401, "authError");
    assert_refused(stranger.content("root").send(), 401, "authError");
}
