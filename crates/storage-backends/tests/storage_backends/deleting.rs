//! Deleting, at servers that can do it in part only (RFC 4918, section 9.6.1).

use std::sync::atomic::{AtomicUsize, Ordering};

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{Removal, StorageErrorKind};

use crate::scripted::{Scripted, answer, folder, multistatus};
use crate::support::webdav;

/// What a server says that could not delete something within, for this reason.
fn in_part(status: u16) -> Vec<u8> {
    multistatus(&format!(
        "<D:response><D:href>/dav/sub/x</D:href><D:status>HTTP/1.1 {status} No</D:status></D:response>"
    ))
}

/// The answers to one DELETE after the other, the last of them for ever.
type Answers = &'static [fn() -> Vec<u8>];

/// What comes of deleting a folder at a server that answers so, and how often it is asked to.
async fn deleted(answers: Answers) -> (Result<Removal, StorageErrorKind>, usize) {
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |request| match request.method.as_str() {
        "DELETE" => {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            answers.get(number).or(answers.last()).unwrap()()
        }
        _ => multistatus(&folder("/dav/sub/")),
    });
    let storage = webdav(&server.url(), "anna", "secret");
    let deleted = storage.delete(&ItemId::new("sub").unwrap()).await;
    let deletes = server
        .requests()
        .into_iter()
        .filter(|it| it.method == "DELETE");
    let deletes = deletes
        .inspect(|it| assert_eq!(it.path, "/dav/sub/"))
        .count();
    (deleted.map_err(|error| error.kind), deletes)
}

#[tokio::test]
async fn what_stands_in_the_way_within_a_folder_is_told() {
    let answers: &[(Answers, _)] = &[
        (&[|| in_part(423)], StorageErrorKind::Locked),
        (&[|| in_part(403)], StorageErrorKind::Forbidden),
    ];
    for (answers, kind) in answers {
        assert_eq!(deleted(answers).await, (Err(kind.clone()), 1));
    }
}

// What is left of an upload that broke off may come or go just then.
#[tokio::test]
async fn a_folder_that_changes_while_it_is_deleted_is_deleted_again() {
    let whole: Answers = &[|| in_part(404), || answer(204, "", "")];
    assert_eq!(deleted(whole).await, (Ok(Removal::Deleted), 2));
    let gone: Answers = &[|| in_part(409), || in_part(404), || answer(404, "", "")];
    assert_eq!(deleted(gone).await, (Ok(Removal::Deleted), 3));
    let never: Answers = &[|| in_part(409)];
    assert_eq!(deleted(never).await, (Err(StorageErrorKind::Locked), 3));
    let unsaid: Answers = &[|| multistatus("")];
    assert_eq!(deleted(unsaid).await, (Err(StorageErrorKind::Locked), 3));
}
