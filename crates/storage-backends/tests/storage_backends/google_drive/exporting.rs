//! Documents of Google's own, which have no bytes but those that they are exported to.

use wharf_domain::content::ContentType;
use wharf_domain::ports::storage::{ReplaceGuard, StorageErrorKind};
use wharf_domain::range::ByteRange;
use wharf_sandbox::Fault;

use super::{Drive, collect, upload};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fn format(text: &str) -> ContentType {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_document_is_read_in_the_first_of_its_forms() {
    let drive = Drive::start().await;
    let minutes = drive.at(&["Native documents", "Minutes"]).await;
    let told = drive.storage.metadata(&minutes).await.unwrap();
    assert_eq!(told.export_formats[0], format(DOCX));
    assert!(told.export_formats.contains(&format("text/markdown")));
    assert_eq!(told.size_bytes, None);
    for range in [None, Some(ByteRange::From(2))] {
        let download = drive.storage.read(&minutes, range).await.unwrap();
        assert_eq!(download.content_type, Some(format(DOCX)));
        assert_eq!((download.range, download.size_bytes), (None, None));
        assert!(collect(download).await.unwrap().starts_with(b"PK"));
    }
}

#[tokio::test]
async fn a_document_comes_in_the_forms_that_are_offered_and_in_no_other() {
    let drive = Drive::start().await;
    let minutes = drive.at(&["Native documents", "Minutes"]).await;
    let markdown = drive
        .storage
        .export(&minutes, &format("text/markdown"))
        .await
        .unwrap();
    assert_eq!(
        collect(markdown).await.unwrap(),
        b"# Minutes of the harbour board\n"
    );
    let refused = drive
        .storage
        .export(&minutes, &format("text/csv"))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Unsupported);
    let file = drive.at(&["Welcome.txt"]).await;
    let refused = drive
        .storage
        .export(&file, &format("text/plain"))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Unsupported);
}

#[tokio::test]
async fn what_has_no_form_is_not_read() {
    let drive = Drive::start().await;
    let form = drive.at(&["Native documents", "Questions"]).await;
    let refused = drive.storage.read(&form, None).await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Unsupported);
}

// 11 MiB, where files.export ends at 10.
#[tokio::test]
async fn a_large_document_comes_by_its_link() {
    let drive = Drive::start().await;
    let chronicle = drive.at(&["Native documents", "Chronicle"]).await;
    let download = drive.storage.read(&chronicle, None).await.unwrap();
    assert_eq!(collect(download).await.unwrap().len(), 11 * 1024 * 1024);
    let linked = "/feeds/download/documents/export/Export".to_owned();
    assert!(drive.asked("GET").contains(&linked));
}

#[tokio::test]
async fn a_document_has_no_content_to_replace() {
    let drive = Drive::start().await;
    let minutes = drive.at(&["Native documents", "Minutes"]).await;
    let refused = drive
        .storage
        .replace(&minutes, &ReplaceGuard::Exists, upload(b"new", true));
    assert_eq!(
        refused.await.unwrap_err().kind,
        StorageErrorKind::Unsupported
    );
}

// an export tells no length, so its end must be a proper one.
#[tokio::test]
async fn an_export_that_breaks_off_is_not_whole() {
    let drive = Drive::start().await;
    let chronicle = drive.at(&["Native documents", "Chronicle"]).await;
    for fault in [Fault::Truncate, Fault::ResetInBody, Fault::StallInBody] {
        drive.inject("/feeds/download/documents/export/Export", fault.clone(), 1);
        let download = drive.storage.read(&chronicle, None).await.unwrap();
        let kind = collect(download).await.unwrap_err();
        let is_told = matches!(
            kind,
            StorageErrorKind::Interrupted | StorageErrorKind::TimedOut
        );
        assert!(is_told, "{fault:?}: {kind:?}");
    }
}
