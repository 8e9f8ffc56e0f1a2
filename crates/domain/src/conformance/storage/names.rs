//! Names come back byte for byte, through every call that takes or gives one (I-02).

use super::fixture::{chunks, content, items, name, names, refusal, store, to, upload};
use crate::item::{Item, ItemId, ItemKind, ItemName};
use crate::ports::storage::{NameConflict, ReplaceGuard, StorageBackend, StorageErrorKind};

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
    each_or_refused(storage, folder, &odd).await;
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
    each_or_refused(storage, folder, &odd).await;
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
    each_or_refused(storage, folder, &odd).await;
}

/// Spaces are part of a name wherever they stand.
pub async fn spaces_at_the_ends_come_back_as_they_were(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let odd = [" before", "after ", " both ", "in the  middle", " "];
    each_or_refused(storage, folder, &odd).await;
}

/// As long as a name may be, which leaves no room for a longer temporary name.
pub async fn long_names_come_back_as_they_were(storage: &dyn StorageBackend, folder: &ItemId) {
    let (ascii, letters) = ("x".repeat(255), "\u{fc}".repeat(127));
    each_or_refused(storage, folder, &[&ascii, &letters]).await;
}

/// Folders may have odd names too, and what lies in them is reached all the same.
pub async fn odd_names_work_for_folders(storage: &dyn StorageBackend, folder: &ItemId) {
    for odd in ["100% #1?", "\u{dc} & s\u{f6}ns", "a+b;c", "%2e%2e"] {
        let made = storage.create_folder(folder, &name(odd)).await;
        if !storage.capabilities().folders {
            assert_eq!(refusal(made), StorageErrorKind::Unsupported);
            continue;
        }
        if may_refuse(storage, &name(odd)) && made.is_err() {
            assert_eq!(refusal(made), StorageErrorKind::NameNotAllowed);
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

/// A name goes through every call and comes back as it was, or it is one that the storage may refuse, and
/// then it is refused every time.
pub async fn a_name_comes_back_or_is_refused(
    storage: &dyn StorageBackend,
    folder: &ItemId,
    name: &ItemName,
) {
    if may_refuse(storage, name) && is_refused(storage, folder, name).await {
        refuse(storage, folder, name.as_str()).await;
    } else {
        round_trip(storage, folder, name.as_str()).await;
    }
}

/// Whether the port lets this storage refuse this name.
fn may_refuse(storage: &dyn StorageBackend, name: &ItemName) -> bool {
    !storage.capabilities().any_name && !is_plain(name)
}

/// What every storage keeps.
fn is_plain(name: &ItemName) -> bool {
    let text = name.as_str();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.len() <= 100 && !text.starts_with('.') && text.bytes().all(is_plain)
}

async fn each_or_refused(storage: &dyn StorageBackend, folder: &ItemId, odd: &[&str]) {
    for odd in odd {
        a_name_comes_back_or_is_refused(storage, folder, &name(odd)).await;
    }
}

/// Whether the storage refuses to store something under the name; nothing is there afterwards.
async fn is_refused(storage: &dyn StorageBackend, folder: &ItemId, name: &ItemName) -> bool {
    let content = upload(chunks(b"bytes"), Some(5));
    let stored = storage
        .write(folder, name, NameConflict::Fail, content)
        .await;
    match stored {
        Ok(stored) => {
            storage.delete(&stored.item.id).await.unwrap();
            false
        }
        Err(error) => {
            assert_eq!(error.kind, StorageErrorKind::NameNotAllowed, "{name:?}");
            true
        }
    }
}

async fn round_trip(storage: &dyn StorageBackend, folder: &ItemId, text: &str) {
    let name = name(text);
    let stored = store(storage, folder, &name, text.as_bytes()).await;
    check(storage, folder, &stored, text).await;
    let id: ItemId = stored.id.to_string().parse().unwrap();
    assert_eq!(storage.metadata(&id).await.unwrap().name, text);

    let upload = upload(chunks(b"new"), Some(3));
    let replaced = storage.replace(&id, &ReplaceGuard::Exists, upload).await;
    assert_eq!(replaced.unwrap().item.id, id, "{text:?}");
    let aside = storage.relocate(&id, &to(folder, "aside")).await.unwrap();
    assert_eq!(storage.find(folder, &name).await.unwrap(), None, "{text:?}");
    let back = storage.relocate(&aside.id, &to(folder, text)).await;
    check(storage, folder, &back.unwrap(), text).await;
    let copy = storage.copy(&id, &to(folder, "copy")).await.unwrap();
    storage.delete(&id).await.unwrap();
    let copied = storage.copy(&copy.id, &to(folder, text)).await.unwrap();
    storage.delete(&copy.id).await.unwrap();
    check(storage, folder, &copied, text).await;
    assert_eq!(content(storage, &copied.id).await, b"new", "{text:?}");
    storage.delete(&copied.id).await.unwrap();
    assert_eq!(items(storage, folder).await.unwrap(), [], "{text:?}");
}

/// The item is the only one in the folder, has this name whichever way it is looked at, and can be read.
async fn check(storage: &dyn StorageBackend, folder: &ItemId, item: &Item, text: &str) {
    assert_eq!(item.name, text);
    let listed = items(storage, folder).await.unwrap();
    assert_eq!(listed.len(), 1, "{text:?}");
    assert_eq!((listed[0].name.as_str(), &listed[0].id), (text, &item.id));
    let found = storage.find(folder, &name(text)).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), &found.id), (text, &item.id));
    let size = content(storage, &item.id).await.len() as u64;
    assert!(item.size_bytes.is_none_or(|told| told == size), "{text:?}");
}

async fn refuse(storage: &dyn StorageBackend, folder: &ItemId, text: &str) {
    let odd = name(text);
    assert!(is_refused(storage, folder, &odd).await, "{text:?}");
    let not_allowed = StorageErrorKind::NameNotAllowed;
    let plain = store(storage, folder, &name("plain"), b"bytes").await;
    let moved = storage.relocate(&plain.id, &to(folder, text)).await;
    assert_eq!(refusal(moved), not_allowed, "{text:?}");
    let copied = storage.copy(&plain.id, &to(folder, text)).await;
    assert_eq!(refusal(copied), not_allowed, "{text:?}");
    assert_eq!(storage.find(folder, &odd).await.unwrap(), None, "{text:?}");
    assert_eq!(names(storage, folder).await, ["plain"], "{text:?}");
    storage.delete(&plain.id).await.unwrap();
}
