//! Folders, names, places, and the end of items.

use serde_json::json;

use super::{OneDrive, assert_refused};
use crate::application::{ANNA, BEN, text};
use crate::client::call;

#[test]
fn a_folder_is_made_once() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let folder = onedrive.create_folder("root", "Berths");
    assert_eq!(folder["folder"], json!({"childCount": 0}));
    let post = |conflict: &str| {
        let body = json!({
            "name": "BERTHS", "folder": {}, "@microsoft.graph.conflictBehavior": conflict,
        });
        onedrive.post("me/drive/root/children", &body)
    };
    assert_refused(post("fail"), 409, "nameAlreadyExists");
    assert_eq!(post("replace").json()["id"], folder["id"]);
    assert_eq!(post("rename").json()["name"], "BERTHS 1");
    let nameless = json!({"folder": {}});
    let no_folder = json!({"name": "file"});
    for body in [nameless, no_folder] {
        let answer = onedrive.post("me/drive/root/children", &body);
        assert_refused(answer, 400, "invalidRequest");
    }
    let malformed = onedrive.send("POST", "me/drive/root/children", b"{\"name\"");
    assert_refused(malformed, 400, "invalidRequest");
    let beneath = json!({"name": "x", "folder": {}});
    let beneath = onedrive.post("me/drive/root:/Welcome.txt:/children", &beneath);
    assert_refused(beneath, 400, "invalidRequest");
}

#[test]
fn a_rename_or_a_move_is_another_version_with_the_same_content() {
    for person in [ANNA, BEN] {
        let (_sandbox, onedrive) = OneDrive::start(person);
        let file = onedrive.put("a.txt", b"a").json();
        let id = text(&file, "/id");
        let renamed = onedrive.patch(id, &json!({"name": "A.txt"}));
        assert_eq!(renamed.status, 200, "the name differs in case only");
        let renamed = renamed.json();
        assert_eq!(renamed["name"], "A.txt");
        assert_ne!(renamed["eTag"], file["eTag"]);
        assert_eq!(renamed["cTag"], file["cTag"]);
        let folder = onedrive.create_folder("root", "Berths");
        let folder_id = text(&folder, "/id");
        let moved = onedrive.patch(id, &json!({"parentReference": {"id": folder_id}}));
        let moved = moved.json();
        assert_eq!(moved["parentReference"]["id"], folder["id"]);
        assert_eq!(moved["cTag"], file["cTag"]);
        assert_eq!(onedrive.names(folder_id), ["A.txt"]);
        assert!(!onedrive.names("root").contains(&"A.txt".to_owned()));
        let resized = onedrive.item(folder_id).json();
        assert_eq!(resized["size"], 1);
        assert_ne!(resized["cTag"], folder["cTag"]);
        let back = json!({"parentReference": {"path": "/drive/root:/"}, "name": "b.txt"});
        assert_eq!(onedrive.patch(id, &back).json()["name"], "b.txt");
        assert_eq!(onedrive.content(id), b"a");
        assert_eq!(onedrive.item(folder_id).json()["size"], 0);
    }
}

#[test]
fn a_move_has_to_make_sense() {
    let (sandbox, onedrive) = OneDrive::start(ANNA);
    let outer = onedrive.create_folder("root", "Outer");
    let outer = text(&outer, "/id");
    let inner = onedrive.create_folder(outer, "Inner");
    let into = |id: &str| json!({"parentReference": {"id": id}});
    let itself = onedrive.patch(outer, &into(text(&inner, "/id")));
    assert_refused(itself, 400, "invalidRequest");
    let file = onedrive.get_json("me/drive/root:/Welcome.txt");
    let into_a_file = onedrive.patch(outer, &into(text(&file, "/id")));
    assert_refused(into_a_file, 404, "itemNotFound");
    let to_nowhere = onedrive.patch(outer, &into("01NOWHERE"));
    assert_refused(to_nowhere, 404, "itemNotFound");
    let elsewhere =
        json!({"parentReference": {"driveId": sandbox.microsoft().drive_id, "id": "x"}});
    assert_refused(onedrive.patch(outer, &elsewhere), 501, "notSupported");
    let taken = onedrive.patch(outer, &json!({"name": "welcome.TXT"}));
    assert_refused(taken, 409, "nameAlreadyExists");
    assert_refused(
        onedrive.patch("root", &json!({"name": "x"})),
        400,
        "invalidRequest",
    );
    let rename = json!({"name": "Photos", "@microsoft.graph.conflictBehavior": "rename"});
    assert_eq!(onedrive.patch(outer, &rename).json()["name"], "Photos 1");
    let replace = json!({"name": "Photos", "@microsoft.graph.conflictBehavior": "replace"});
    assert_eq!(onedrive.patch(outer, &replace).json()["name"], "Photos");
    assert_eq!(onedrive.names(outer), ["Inner"]);
}

#[test]
fn a_version_can_be_demanded() {
    let (_sandbox, onedrive) = OneDrive::start(ANNA);
    let file = onedrive.put("a.txt", b"a").json();
    let path = format!("me/drive/items/{}", text(&file, "/id"));
    let tag = text(&file, "/eTag");
    let patch = |tag: &str, name: &str| {
        let call = onedrive.call("PATCH", &path).header("If-Match", tag);
        call.send_json(&json!({"name": name}))
    };
    assert_eq!(patch(tag, "b.txt").status, 200);
    assert_refused(patch(tag, "c.txt"), 412, "resourceModified");
    let delete = |tag: &str| {
        onedrive
            .call("DELETE", &path)
            .header("If-Match", tag)
            .send()
    };
    assert_refused(delete(tag), 412, "resourceModified");
    // The content is the one that the client knows.
    assert_eq!(delete(text(&file, "/cTag")).status, 204);
}

#[test]
fn what_is_deleted_lies_in_the_bin() {
    let (sandbox, onedrive) = OneDrive::start(BEN);
    let folder = onedrive.create_folder("root", "Berths");
    let file = onedrive.put("Berths/a.txt", b"abc").json();
    let path = format!("me/drive/items/{}", text(&folder, "/id"));
    assert_eq!(onedrive.call("DELETE", &path).send().status, 204);
    assert_refused(onedrive.call("DELETE", &path).send(), 404, "itemNotFound");
    assert_refused(onedrive.item(text(&file, "/id")), 404, "itemNotFound");
    let bin = sandbox.onedrive_recycle_bin(BEN);
    assert_eq!(
        (bin.len(), &*bin[0].name, bin[0].size_bytes),
        (1, "Berths", 3)
    );
    assert_eq!(bin[0].id, text(&folder, "/id"));
    let url = format!(
        "{}/onedrive/recycle-bin?account={BEN}",
        sandbox.control_url()
    );
    assert_eq!(call("GET", url).send().json()[0]["name"], "Berths");
    assert_refused(
        onedrive.call("DELETE", "me/drive/root").send(),
        400,
        "invalidRequest",
    );
    onedrive.create_folder("root", "Berths");
}

#[test]
fn only_a_business_drive_deletes_for_good() {
    let (sandbox, business) = OneDrive::start(ANNA);
    let forever = |onedrive: &OneDrive| {
        let call = onedrive.call("POST", "me/drive/root:/Welcome.txt:/permanentDelete");
        call.send()
    };
    assert_eq!(forever(&business).status, 204);
    assert_refused(
        business.get("me/drive/root:/Welcome.txt"),
        404,
        "itemNotFound",
    );
    assert_eq!(sandbox.onedrive_recycle_bin(ANNA), []);
    let personal = OneDrive::of(&sandbox, BEN);
    assert_refused(forever(&personal), 501, "notSupported");
    assert_eq!(personal.get("me/drive/root:/Welcome.txt").status, 200);
}
