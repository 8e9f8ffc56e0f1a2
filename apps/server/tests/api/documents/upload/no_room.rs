//! Uploads for which the house has no room: what came of them is gone, and the house goes on.

use super::{nothing_is_stored, upload};
use crate::support::content;
use crate::support::folder::files;
use crate::support::patience;
use crate::support::process::Process;
use crate::support::scene::{document_path, store};

/// What a file may hold, and what is sent, in mebibytes.
const ROOM: u32 = 32;
const CONTENT: u32 = ROOM + 8;

#[tokio::test]
async fn a_disk_that_takes_no_more_is_reported_and_keeps_nothing() {
    let process = Process::with_files_up_to(ROOM).await;
    let anna = process.regular("anna@example.org", "a good password").await;
    let documents = process.folder().join("data/documents");
    let whole: Vec<u8> = content::mebibytes(CONTENT).flatten().collect();
    // Once of unknown size, once of one that was announced.
    for body in [content::upload(CONTENT), whole.into()] {
        let answer = upload(&anna, "notes.txt").untyped(body).send().await;
        answer.problem(413, "too_large");
        let is_tidy = async || files(&documents).is_empty();
        patience::until("the house is tidy", is_tidy).await;
        nothing_is_stored(&anna).await;
    }
    let document = store(&anna, "notes.txt", "house", b"there is room").await;
    let content = format!("{}/content", document_path(&document));
    let read = anna.get(&content).send().await.expect(200);
    assert_eq!(read.text(), "there is room");
    anna.get("/readyz").send().await.expect(200);
}
