//! What is shown of a Drive.

use wharf_domain::item::{ItemId, ItemKind};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_sandbox::{Fault, FaultRule, RetryAfter};

use super::Drive;
use crate::support::names;

#[tokio::test]
async fn the_account_is_named_by_its_permission_id() {
    let drive = Drive::start().await;
    let account = drive.storage.probe().await.unwrap();
    assert_eq!(account.label, super::CLARA);
    let quota = account.quota.unwrap();
    assert!(quota.used_bytes.unwrap() > 0 && quota.available_bytes.unwrap() > 0);
}

// A thousand a page: ten requests, and not one more.
#[tokio::test]
async fn a_large_folder_comes_page_by_page() {
    let drive = Drive::start().await;
    let folder = drive.at(&["Ten thousand files"]).await;
    let before = drive.asked("GET").len();
    let items = drive.items(&folder).await;
    assert_eq!(items.len(), 10_000);
    // One look at the folder, and ten pages.
    assert_eq!(drive.asked("GET").len() - before, 11);
}

#[tokio::test]
async fn shared_drives_stand_in_the_top_folder_and_can_be_worked_in() {
    let drive = Drive::start().await;
    let top = drive.items(&ItemId::root()).await;
    let crew = top.iter().find(|item| item.name == "Harbour crew").unwrap();
    assert_eq!(crew.kind, ItemKind::Folder);
    assert_eq!(drive.at(&["Harbour crew"]).await, crew.id);
    assert_eq!(drive.storage.metadata(&crew.id).await.unwrap(), *crew);

    let held = drive.items(&crew.id).await;
    assert_eq!(names(&held), ["Read me first.txt", "Berths"]);
    assert!(held.iter().all(|item| item.id.drive() == crew.id.drive()));
    let stored = drive
        .store(&crew.id, "new.txt", super::upload(b"new", true))
        .await;
    let stored = stored.unwrap().item;
    assert_eq!(stored.id.drive(), crew.id.drive());
    assert_eq!(drive.read(&stored.id).await, b"new");
    drive.storage.delete(&stored.id).await.unwrap();

    let refused = drive.storage.delete(&crew.id).await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Forbidden);
}

// One who may only read there is refused, and is told so.
#[tokio::test]
async fn a_shared_drive_that_may_only_be_read_takes_nothing() {
    let drive = Drive::start().await;
    let archive = drive.at(&["Archive"]).await;
    let refused = drive
        .store(&archive, "new.txt", super::upload(b"new", true))
        .await;
    assert_eq!(refused.unwrap_err().kind, StorageErrorKind::Forbidden);
    let refused = drive
        .storage
        .create_folder(&archive, &"sub".parse().unwrap())
        .await;
    assert_eq!(refused.unwrap_err().kind, StorageErrorKind::Forbidden);
}

#[tokio::test]
async fn duplicates_are_shown_as_they_are_and_the_oldest_is_found() {
    let drive = Drive::start().await;
    let folder = drive.at(&["Duplicates"]).await;
    let mut shown = drive.items(&folder).await;
    shown.sort_by(|a, b| (&a.name, a.modified_at).cmp(&(&b.name, b.modified_at)));
    assert_eq!(
        names(&shown),
        ["twin.txt", "twin.txt", "twin.txt", "twins", "twins"]
    );
    let found = drive.at(&["Duplicates", "twin.txt"]).await;
    assert_eq!(found, shown[0].id);
    assert_eq!(drive.read(&found).await, b"the first\n");
}

// Drive compares names without regard to case; we do not.
#[tokio::test]
async fn only_exactly_the_name_is_found() {
    let drive = Drive::start().await;
    let find = async |name: &str| {
        let found = drive
            .storage
            .find(&ItemId::root(), &name.parse().unwrap())
            .await;
        found.unwrap().map(|item| item.name)
    };
    assert_eq!(find("Welcome.txt").await.as_deref(), Some("Welcome.txt"));
    assert_eq!(find("welcome.txt").await, None);
    assert_eq!(find("Welcome' or name != '").await, None);
    assert_eq!(find("Welcome\\").await, None);
}

#[tokio::test]
async fn the_odd_names_of_a_thousand_files_are_shown_and_opened() {
    let drive = Drive::start().await;
    assert_eq!(drive.odd_files().await, 1000);
}

// A made-up id is no way to another resource (I-02).
#[tokio::test]
async fn an_id_that_is_none_of_google_s_is_not_sent() {
    let drive = Drive::start().await;
    let before = drive.sandbox.requests().len();
    for made_up in ["../about", "root", "a/b", "a?alt=media"] {
        let id = ItemId::new(made_up).unwrap();
        let refused = drive.storage.metadata(&id).await.unwrap_err();
        assert_eq!(refused.kind, StorageErrorKind::NotFound);
        let refused = drive.storage.delete(&id).await.unwrap_err();
        assert_eq!(refused.kind, StorageErrorKind::NotFound);
    }
    assert_eq!(drive.sandbox.requests().len(), before);
}

// A page in the middle that is refused for good ends the listing in an error, not in half a folder.
#[tokio::test]
async fn half_a_folder_is_an_error() {
    use futures_util::TryStreamExt;
    let drive = Drive::start().await;
    let folder = drive.at(&["Ten thousand files"]).await;
    let fault = Fault::Answer {
        status: 403,
        error: Some("userRateLimitExceeded".to_owned()),
        retry_after: Some(RetryAfter::Secs(600)),
        after_effect: false,
    };
    drive
        .sandbox
        .inject(FaultRule::on("GET /drive/v3/files", fault).skip(3));
    let entries = drive.storage.list(&folder).await.unwrap();
    let listed: Result<Vec<_>, _> = entries.try_collect().await;
    let kind = listed.unwrap_err().kind;
    let retry_after = Some(std::time::Duration::from_secs(600));
    assert_eq!(kind, StorageErrorKind::RateLimited { retry_after });
}
