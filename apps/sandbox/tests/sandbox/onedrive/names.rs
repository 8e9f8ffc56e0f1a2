//! The names that OneDrive takes.

use serde_json::json;

use super::{OneDrive, assert_refused};
use crate::application::{BEN, text};

#[test]
fn forbidden_names_are_refused_wherever_they_come() {
    let (_sandbox, onedrive) = OneDrive::start(BEN);
    let file = onedrive.put("a.txt", b"a").json();
    let too_long = "n".repeat(256);
    for name in [
        "a\"b", "a*b", "a:b", "a<b", "a>b", "a?b", "a/b", "a\\b", "a|b", " a", "a ", "a.", "",
        "CON", ".lock", "~$a.docx", &too_long,
    ] {
        let folder = onedrive.post(
            "me/drive/root/children",
            &json!({"name": name, "folder": {}}),
        );
        assert_refused(folder, 400, "invalidRequest");
        let renamed = onedrive.patch(text(&file, "/id"), &json!({"name": name}));
        assert_refused(renamed, 400, "invalidRequest");
    }
    assert_refused(onedrive.put("a%7Cb.txt", b"x"), 400, "invalidRequest");
    assert_refused(onedrive.put("a%7Cb/c.txt", b"x"), 400, "invalidRequest");
    for name in ["100% #1 a+b&c;d=e", ".hidden", "~a", "a..b", "Ümläut 🚢"] {
        assert_eq!(onedrive.create_folder("root", name)["name"], name);
    }
}

#[test]
fn a_path_is_shorter_than_four_hundred_characters() {
    let (_sandbox, onedrive) = OneDrive::start(BEN);
    let folder = onedrive.create_folder("root", &"f".repeat(200));
    let id = text(&folder, "/id");
    let create = |length: usize| {
        let body = json!({"name": "n".repeat(length), "folder": {}});
        onedrive.post(&format!("me/drive/items/{id}/children"), &body)
    };
    assert_refused(create(199), 400, "invalidRequest");
    assert_eq!(create(198).status, 201);
}
