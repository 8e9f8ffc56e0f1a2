//! Personal and business drives, and whose they are.

use serde_json::json;
use wharf_sandbox::Provider;

use super::{OneDrive, assert_refused};
use crate::application::{ANNA, BEN, CLARA, text};

#[test]
fn a_drive_tells_its_kind_its_owner_and_how_full_it_is() {
    let (sandbox, onedrive) = OneDrive::start(BEN);
    let drive = onedrive.get_json("me/drive");
    assert_eq!(drive["driveType"], "personal");
    assert_eq!(drive["id"], "5BE09E11AB0DE002");
    assert_eq!(drive["owner"]["user"]["id"], "5be09e11ab0de002");
    let used = drive["quota"]["used"].as_u64().unwrap();
    sandbox.set_storage_limit(Provider::Microsoft, BEN, used + 100);
    onedrive.put("ten.txt", b"0123456789");
    let quota = onedrive.get_json("me/drive?$select=quota")["quota"].clone();
    assert_eq!(quota["used"], used + 10);
    assert_eq!(quota["remaining"], 90);
    assert_eq!(quota["total"], used + 100);

    for path in ["me/drives", "drives"] {
        let drives = onedrive.get_json(path);
        assert_eq!(drives["value"][0]["id"], drive["id"]);
        assert_eq!(drives["value"].as_array().unwrap().len(), 1);
    }
    let by_id = onedrive.get_json("drives/5be09e11ab0de002");
    assert_eq!(by_id["id"], drive["id"]);
}

#[test]
fn only_a_business_drive_counts_what_is_in_its_bin() {
    for (person, counts) in [(ANNA, true), (BEN, false)] {
        let (_sandbox, onedrive) = OneDrive::start(person);
        let quota = || onedrive.get_json("me/drive")["quota"].clone();
        let before = quota()["used"].as_u64().unwrap();
        let file = onedrive.put("ten.txt", b"0123456789").json();
        let path = format!("me/drive/items/{}", text(&file, "/id"));
        assert_eq!(onedrive.call("DELETE", &path).send().status, 204);
        let after = quota();
        let counted = if counts { 10 } else { 0 };
        assert_eq!(
            (&after["used"], &after["deleted"]),
            (&json!(before + counted), &json!(10))
        );
    }
}

#[test]
fn ids_hashes_and_tags_are_those_of_the_kind_of_drive() {
    // "J" in QuickXorHash by Microsoft's program; in SHA-1 and SHA-256 by coreutils.
    let quick_xor = "SgAAAAAAAAAAAAAAAQAAAAAAAAA=";
    let (_sandbox, personal) = OneDrive::start(BEN);
    let file = personal.put("j.txt", b"J").json();
    let id = text(&file, "/id");
    assert!(id.starts_with("5BE09E11AB0DE002!"), "{id}");
    assert!(text(&file, "/eTag").starts_with('a'));
    assert_eq!(file.get("@odata.etag"), None);
    assert_eq!(
        file["file"],
        json!({
            "mimeType": "text/plain",
            "hashes": {
                "quickXorHash": quick_xor,
                "sha1Hash": "58668E7669FD564D99DB5D581FCDB6A5618440B5",
                "sha256Hash": "6DA43B944E494E885E69AF021F93C6D9331C78AA228084711429160A5BBD15B5",
            },
        })
    );
    assert_eq!(file["parentReference"]["path"], "/drive/root:");

    let (_sandbox, business) = OneDrive::start(ANNA);
    let file = business.put("j.txt", b"J").json();
    let id = text(&file, "/id");
    assert!(id.starts_with("01") && id.len() == 34, "{id}");
    let tag = text(&file, "/eTag");
    assert!(tag.starts_with("\"{") && tag.ends_with("},1\""), "{tag}");
    assert!(text(&file, "/cTag").starts_with("\"c:{"));
    assert_eq!(file["@odata.etag"], file["eTag"]);
    assert_eq!(file["file"]["hashes"], json!({"quickXorHash": quick_xor}));
    let drive_id = text(&file, "/parentReference/driveId");
    let path = format!("/drives/{drive_id}/root:");
    assert_eq!(file["parentReference"]["path"], path);
}

#[test]
fn a_drive_opens_to_its_owner_only() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let clara = sandbox.microsoft().drive_id;
    let path = format!("drives/{clara}/root");
    assert_refused(onedrive.get(&path), 403, "accessDenied");
    assert_refused(onedrive.get("drives/b!nobody/root"), 400, "invalidRequest");
    assert_eq!(OneDrive::of(&sandbox, CLARA).get(&path).status, 200);
    let stranger = OneDrive {
        access_token: "unknown".to_owned(),
        ..onedrive
    };
    assert_refused(
        stranger.get("me/drive/root"),
        401,
        "InvalidAuthenticationToken",
    );
    assert_refused(stranger.put("x", b"x"), 401, "InvalidAuthenticationToken");
}

#[test]
fn whoever_may_only_read_cannot_write() {
    let sandbox = wharf_sandbox::Sandbox::start();
    let app = crate::application::at_microsoft(&sandbox);
    let scope = ("scope", "https://graph.microsoft.com/Files.Read");
    let code = app.grant(ANNA, &[scope]).get("code").unwrap();
    let onedrive = OneDrive {
        access_token: text(&app.redeem(&code).json(), "/access_token").to_owned(),
        api_url: app.api_url,
    };
    assert_eq!(onedrive.get("me/drive/root/children").status, 200);
    assert_refused(onedrive.put("x.txt", b"x"), 403, "accessDenied");
}

#[test]
fn what_there_is_none_of_is_not_found() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    for path in [
        "me/drive/items/01NOTHING",
        "me/drive/root:/nothing.txt",
        "me/drive/root:/Welcome.txt/beneath",
        "me/drive/root/nonsense",
        "me/messages",
    ] {
        assert_refused(onedrive.get(path), 404, "itemNotFound");
    }
    let answer = onedrive.call("PUT", "me/drive/root/children").send();
    assert_refused(answer, 405, "invalidRequest");
}
