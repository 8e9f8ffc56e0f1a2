//! The trash bin.

use super::{Client, anna, ben, element, hrefs, list};

const PROPERTIES: &str = "<nc:trashbin-filename/><nc:trashbin-original-location/>\
    <nc:trashbin-deletion-time/><oc:fileid/><oc:size/>";

fn trash(client: &Client) -> String {
    let path = client.dav_path("trashbin", "trash/");
    let answer = list(
        client.call("PROPFIND", &path).header("Depth", "1"),
        PROPERTIES,
    );
    assert_eq!(answer.status, 207);
    answer.text()
}

/// The names in the bin.
fn names(client: &Client) -> Vec<String> {
    let trash = trash(client);
    let hrefs = hrefs(&trash).into_iter().skip(1);
    let names = hrefs.map(|href| href.trim_end_matches('/').rsplit('/').next().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn what_is_deleted_is_in_the_bin_with_its_id_and_origin() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    assert_eq!(ben.files("MKCOL", "folder").send().status, 201);
    assert_eq!(ben.put("folder/a.txt", b"12345"), 201);
    let described = ben.describe("folder/a.txt", "<oc:fileid/>");
    let id = element(&described, "oc:fileid").unwrap();

    assert_eq!(ben.files("DELETE", "folder/a.txt").send().status, 204);

    assert_eq!(ben.get("folder/a.txt"), None);
    let trash = trash(&ben);
    for (name, value) in [
        ("nc:trashbin-filename", "a.txt"),
        ("nc:trashbin-original-location", "folder/a.txt"),
        ("oc:fileid", id),
        ("oc:size", "5"),
    ] {
        assert_eq!(element(&trash, name), Some(value), "{name}");
    }
    let time = element(&trash, "nc:trashbin-deletion-time").unwrap();
    assert_eq!(names(&ben), [format!("a.txt.d{time}")]);
}

#[test]
fn the_bin_takes_many_of_one_name_and_whole_folders() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    for _ in 0..3 {
        assert_eq!(ben.put("a", b"a"), 201);
        assert_eq!(ben.files("DELETE", "a").send().status, 204);
    }
    assert_eq!(ben.files("MKCOL", "folder").send().status, 201);
    assert_eq!(ben.put("folder/b", b"b"), 201);
    assert_eq!(ben.files("DELETE", "folder").send().status, 204);
    assert_eq!(names(&ben).len(), 4);
    // What a MOVE replaces goes there too.
    assert_eq!((ben.put("from", b"1"), ben.put("to", b"2")), (201, 201));
    assert_eq!(ben.transfer("MOVE", "from", "to").send().status, 204);
    assert_eq!(names(&ben).len(), 5);
}

#[test]
fn the_bin_is_emptied_one_by_one_or_at_once() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    for path in ["a", "b", "c"] {
        assert_eq!(ben.put(path, b"a"), 201);
        assert_eq!(ben.files("DELETE", path).send().status, 204);
    }
    let delete = |path: &str| {
        let path = ben.dav_path("trashbin", path);
        ben.call("DELETE", &path).send().status
    };
    let first = format!("trash/{}", names(&ben)[0]);
    assert_eq!([delete(&first), delete(&first)], [204, 404]);
    assert_eq!(names(&ben).len(), 2);
    assert_eq!(delete("trash"), 204);
    assert_eq!(names(&ben).len(), 0);
}

#[test]
fn the_top_folder_and_anothers_bin_cannot_be_deleted() {
    let (sandbox, anna) = anna();
    let ben = ben(&sandbox);
    assert_eq!(ben.files("DELETE", "").send().status, 403);
    assert_eq!(ben.files("DELETE", "nothing").send().status, 404);
    let annas = anna.dav_path("trashbin", "trash");
    assert_eq!(ben.call("DELETE", &annas).send().status, 403);
}
