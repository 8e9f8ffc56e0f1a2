//! The names that OneDrive does not take.

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{Destination, NameConflict, StorageErrorKind};

use super::{BEN, CLARA, Drive, upload};

const NOT_ALLOWED: StorageErrorKind = StorageErrorKind::NameNotAllowed;

// Refused by the rule, before anything is asked.
#[tokio::test]
async fn a_name_that_onedrive_does_not_take_is_not_sent() {
    let drive = Drive::of(BEN).await;
    let file = drive.at(&["Welcome.txt"]).await;
    let before = drive.asked().len();
    for name in [
        "a\"b",
        "a*",
        "a:b",
        "a<b",
        "a>b",
        "a?",
        "a\\b",
        "a|b",
        " a",
        "a ",
        "a.",
        "con",
        "LPT1",
        "~$a.docx",
        "a_vti_b",
        ".lock",
        "desktop.ini",
    ] {
        let stored = drive.store(&ItemId::root(), name, upload(b"a", true)).await;
        assert_eq!(stored.unwrap_err().kind, NOT_ALLOWED, "{name}");
        let to = Destination {
            folder: None,
            name: Some(name.parse().unwrap()),
            conflict: NameConflict::Number,
        };
        let moved = drive.storage.relocate(&file, &to).await;
        assert_eq!(moved.unwrap_err().kind, NOT_ALLOWED, "{name}");
        let copied = drive.storage.copy(&file, &to).await;
        assert_eq!(copied.unwrap_err().kind, NOT_ALLOWED, "{name}");
        let name = name.parse().unwrap();
        let made = drive.storage.create_folder(&ItemId::root(), &name).await;
        assert_eq!(made.unwrap_err().kind, NOT_ALLOWED);
        let found = drive.storage.find(&ItemId::root(), &name).await;
        assert_eq!(found.unwrap(), None);
    }
    assert_eq!(drive.asked().len(), before);
}

// What the rule lets through, the simulated OneDrive takes as it is.
#[tokio::test]
async fn a_name_that_onedrive_takes_comes_back_as_it_was() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        let folder = drive.folder("names").await;
        let names = [
            "100% #1!+&;=@~.txt",
            ".hidden",
            "it's [a] {b} ^ `c`",
            "\u{dc}ml\u{e4}ut",
            "U\u{308}",
            "\u{1f600}",
            "%2e%2e",
            "con.txt",
            "a  b",
        ];
        for name in names {
            let stored = drive
                .store(&folder, name, upload(name.as_bytes(), true))
                .await;
            let stored = stored.unwrap().item;
            assert_eq!(stored.name, name);
            assert_eq!(drive.at(&["names", name]).await, stored.id);
            assert_eq!(drive.read(&stored.id).await, name.as_bytes());
        }
        assert_eq!(drive.items(&folder).await.len(), names.len());
    }
}

// 400 characters in all, each name with the slash before it.
#[tokio::test]
async fn a_path_that_is_too_long_is_refused_as_a_name() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        let outer = drive
            .folder(&"\u{e9} ".repeat(60).trim().replace(' ', "o"))
            .await;
        let fits = "x".repeat(400 - 120 - 1);
        let name = |length: usize| "x".repeat(length).parse().unwrap();
        let inner = drive.storage.create_folder(&outer, &name(140)).await;
        let inner = inner.unwrap().id;
        let room = fits.len() - 141;
        drive
            .store(&inner, &"x".repeat(room), upload(b"a", true))
            .await
            .unwrap();
        let before = drive.asked().len();
        let refused = drive
            .store(&inner, &"y".repeat(room + 1), upload(b"a", true))
            .await;
        assert_eq!(refused.unwrap_err().kind, NOT_ALLOWED);
        // Only the folder was looked at.
        assert_eq!(drive.asked().len() - before, 1);
        let made = drive.storage.create_folder(&inner, &name(room + 1)).await;
        assert_eq!(made.unwrap_err().kind, NOT_ALLOWED);
        let file = drive.at(&["Welcome.txt"]).await;
        let to = Destination {
            folder: Some(inner),
            name: Some(name(room + 1)),
            conflict: NameConflict::Fail,
        };
        let moved = drive.storage.relocate(&file, &to).await;
        assert_eq!(moved.unwrap_err().kind, NOT_ALLOWED);
        let copied = drive.storage.copy(&file, &to).await;
        assert_eq!(copied.unwrap_err().kind, NOT_ALLOWED);
    }
}
