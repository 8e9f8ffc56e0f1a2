//! Names come back byte for byte, through every call that takes or gives one (I-02).

use super::fixture::{chunks, content, items, name, names, refusal, store, upload};
use crate::item::{ItemId, ItemKind};
use crate::ports::storage::{NameConflict, StorageBackend, StorageErrorKind};

/// Names that every storage keeps.
pub async fn plain_names_come_back_as_they_were(storage: &dyn StorageBackend, folder: &ItemId) {
    for plain in [
        "a",
        "report.pdf",
        "REPORT.PDF",
        "0-9_z.tar.gz",
        "no-extension",
        &"x".repeat(100),
    ] {
        round_trip(storage, folder, plain).await;
    }
}

/// Composed and decomposed letters are two names, and neither is changed into the other.
pub async fn letters_beyond_ascii_come_back_as_they_were(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let odd = [
        "\u{dc}ml\u{e4}ut.txt",
        "U\u{308}mla\u{308}ut.txt",
        "\u{65e5}\u{672c}",
        "\u{1f600}\u{1f468}\u{200d}\u{1f469}",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    ];
    all_or_none(storage, folder, &odd).await;
}

/// What a URL would read as an escape, a separator or an end.
pub async fn characters_that_mean_something_in_urls_come_back_as_they_were(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let odd = [
        "100%",
        "%20",
        "%2F",
        "%2e%2e",
        "%zz",
        "a+b",
        "a#b",
        "#",
        "a?b=c",
        "a;b",
        "a:b",
        "a@b",
        "a=b,c",
        "~a",
        "[a]",
        "{a}",
        "a|b",
        "a^b",
        "back\\slash",
        "..\\..\\a",
        "...",
    ];
    all_or_none(storage, folder, &odd).await;
}

/// What XML or a header would read as markup or quotes.
pub async fn characters_that_mean_something_in_markup_come_back_as_they_were(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let odd = [
        "a&b",
        "&amp;",
        "&#65;",
        "<a>",
        "]]>",
        "\"quoted\"",
        "it's",
        "`a`",
        "a*b",
        "$a",
        "!a",
    ];
    all_or_none(storage, folder, &odd).await;
}

/// Spaces are part of a name wherever they stand.
pub async fn spaces_at_the_ends_come_back_as_they_were(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let odd = [" before", "after ", " both ", "in the  middle", " "];
    all_or_none(storage, folder, &odd).await;
}

/// As long as most file systems allow, which leaves no room for a longer temporary name.
pub async fn long_names_come_back_as_they_were(storage: &dyn StorageBackend, folder: &ItemId) {
    let (ascii, letters) = ("x".repeat(200), "\u{fc}".repeat(100));
    all_or_none(storage, folder, &[&ascii, &letters]).await;
}

/// Folders may have odd names too, and what lies in them is reached all the same.
pub async fn odd_names_work_for_folders(storage: &dyn StorageBackend, folder: &ItemId) {
    for odd in ["100% #1?", "\u{dc} & s\u{f6}ns", "a+b;c", "%2e%2e"] {
        let made = storage.create_folder(folder, &name(odd)).await;
        if !storage.capabilities().folders {
            assert_eq!(refusal(made), StorageErrorKind::Unsupported);
            continue;
        }
        let made = made.unwrap();
        let file = store(storage, &made.id, &name("in it"), odd.as_bytes()).await;
        assert_eq!(names(storage, &made.id).await, ["in it"], "{odd:?}");
        assert_eq!(content(storage, &file.id).await, odd.as_bytes());
        let found = storage.find(folder, &name(odd)).await.unwrap().unwrap();
        assert_eq!((found.id, found.kind), (made.id.clone(), ItemKind::Folder));
        storage.delete(&made.id).await.unwrap();
    }
}

async fn all_or_none(storage: &dyn StorageBackend, folder: &ItemId, odd: &[&str]) {
    for odd in odd {
        if storage.capabilities().any_name {
            round_trip(storage, folder, odd).await;
        } else {
            refuse(storage, folder, odd).await;
        }
    }
}

async fn round_trip(storage: &dyn StorageBackend, folder: &ItemId, text: &str) {
    let name = name(text);
    let stored = store(storage, folder, &name, text.as_bytes()).await;
    assert_eq!(stored.name, text);
    let listed = items(storage, folder).await.unwrap();
    assert_eq!(listed.len(), 1, "{text:?}");
    assert_eq!((listed[0].name.as_str(), &listed[0].id), (text, &stored.id));
    let found = storage.find(folder, &name).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), &found.id), (text, &stored.id));
    let id: ItemId = stored.id.to_string().parse().unwrap();
    assert_eq!(storage.metadata(&id).await.unwrap().name, text);
    assert_eq!(content(storage, &id).await, text.as_bytes());
    storage.delete(&id).await.unwrap();
    assert_eq!(items(storage, folder).await.unwrap(), [], "{text:?}");
}

async fn refuse(storage: &dyn StorageBackend, folder: &ItemId, text: &str) {
    let name = name(text);
    let upload = upload(chunks(b"bytes"), Some(5));
    let stored = storage
        .write(folder, &name, NameConflict::Fail, upload)
        .await;
    assert_eq!(
        refusal(stored),
        StorageErrorKind::NameNotAllowed,
        "{text:?}"
    );
    assert_eq!(storage.find(folder, &name).await.unwrap(), None, "{text:?}");
    assert_eq!(items(storage, folder).await.unwrap(), [], "{text:?}");
}
