//! The documents' promises.

use super::Repositories;
use super::fixture::{connection_id, document, document_id, event, user_id};
use crate::event::Action;
use crate::item::ItemId;
use crate::user::StoragePlace;

/// A document in the house is found as it was inserted.
pub async fn a_document_in_the_house_comes_back_as_it_was(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let mut report = document(anna, 1, StoragePlace::House);
    report.size_bytes = i64::MAX.unsigned_abs();
    report.sha256.0 = std::array::from_fn(|index| index as u8);
    report.content_type = "text/plain; charset=utf-8".parse().unwrap();
    assert!(repositories.documents.insert(&report, &[]).await.unwrap());

    let found = repositories.documents.find(anna, report.id).await.unwrap();
    assert_eq!(found, Some(report));
    let unknown = repositories.documents.find(anna, document_id(99)).await;
    assert_eq!(unknown.unwrap(), None);
}

/// A document in a connected storage is found as it was inserted.
pub async fn a_document_in_a_connection_comes_back_as_it_was(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let mut report = document(anna, 1, StoragePlace::Connection(cloud.id));
    report.size_bytes = 0;
    (report.storage_etag, report.storage_modified_at) = (None, None);
    report.item = ItemId::new([0xff; 1533]).unwrap();
    assert!(repositories.documents.insert(&report, &[]).await.unwrap());

    let found = repositories.documents.find(anna, report.id).await.unwrap();
    assert_eq!(found, Some(report));
}

/// Names are kept byte for byte, composed and decomposed apart, up to 255 bytes (I-02).
pub async fn odd_names_come_back_byte_for_byte(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let names = [
        "\u{fc}ber.txt",
        "u\u{308}ber.txt",
        " spaced ",
        "100% #1?+&'\"\\.txt",
        "\u{1f469}\u{200d}\u{1f680}.png",
        &"x".repeat(255),
        &format!("{}a", "ü".repeat(127)),
    ];
    for (number, name) in (1..).zip(names) {
        let mut odd = document(anna, number, StoragePlace::House);
        odd.name = name.parse().unwrap();
        odd.item = ItemId::new(name).unwrap();
        assert!(repositories.documents.insert(&odd, &[]).await.unwrap());
        let found = repositories.documents.find(anna, odd.id).await.unwrap();
        assert_eq!(found, Some(odd));
    }
}

/// Another user's, a disconnected or an unknown connection takes no document.
pub async fn a_document_needs_a_live_connection_of_its_owner(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let bens = repositories.with_connection(ben, 1).await;
    let gone = repositories.with_connection(anna, 2).await;
    let disconnected = repositories
        .connections
        .disconnect(anna, gone.id, gone.credential_version, &[], &[])
        .await;
    assert!(disconnected.unwrap().is_some());

    for id in [bens.id, gone.id, connection_id(99)] {
        let lost = document(anna, 1, StoragePlace::Connection(id));
        let stored = event(Action::DocumentStored { size_bytes: 1 });
        let inserted = repositories.documents.insert(&lost, &[stored]).await;
        assert!(!inserted.unwrap(), "{id}");
    }
    let found = repositories.documents.find(anna, document_id(1)).await;
    assert_eq!(found.unwrap(), None);
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// The house takes no document of somebody who is not there.
pub async fn a_document_needs_an_owner(repositories: &Repositories) {
    let nobody = user_id(99);
    let lost = document(nobody, 1, StoragePlace::House);
    let stored = event(Action::DocumentStored { size_bytes: 1 });
    let inserted = repositories.documents.insert(&lost, &[stored]).await;
    assert!(!inserted.unwrap());
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// Another user's document is as if it were not there (E-01, A-08).
pub async fn a_wrong_owner_sees_and_deletes_nothing(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let report = repositories
        .with_document(anna, 1, StoragePlace::House)
        .await;
    let documents = &repositories.documents;

    assert_eq!(documents.find(ben, report.id).await.unwrap(), None);
    assert_eq!(documents.list(ben, None, 10).await.unwrap(), []);
    let deleted = documents
        .delete(ben, report.id, &[event(Action::DocumentDeleted)])
        .await;
    assert!(!deleted.unwrap());

    assert_eq!(documents.find(anna, report.id).await.unwrap(), Some(report));
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// The list has the owner's documents, the newest first, and continues behind the last one shown.
pub async fn documents_are_listed_newest_first_page_by_page(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    for number in [3, 1, 5, 2, 4] {
        repositories
            .with_document(anna, number, StoragePlace::House)
            .await;
    }
    repositories
        .with_document(ben, 6, StoragePlace::House)
        .await;
    let page = async |after, limit| {
        let documents = repositories
            .documents
            .list(anna, after, limit)
            .await
            .unwrap();
        documents
            .into_iter()
            .map(|document| document.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [document_id(5), document_id(4)]);
    let next = page(Some(document_id(4)), 2).await;
    assert_eq!(next, [document_id(3), document_id(2)]);
    assert_eq!(page(Some(document_id(2)), 2).await, [document_id(1)]);
    assert_eq!(page(Some(document_id(1)), 2).await, []);
    assert_eq!(page(None, usize::MAX).await.len(), 5);

    // The page goes on although the document it stopped at is gone.
    let deleted = repositories
        .documents
        .delete(anna, document_id(4), &[])
        .await;
    assert!(deleted.unwrap());
    assert_eq!(page(Some(document_id(4)), 1).await, [document_id(3)]);
}

/// A row is deleted once; the second time there is none.
pub async fn a_document_is_deleted_once(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let report = repositories
        .with_document(anna, 1, StoragePlace::House)
        .await;
    let kept = repositories
        .with_document(anna, 2, StoragePlace::House)
        .await;
    let delete = async || {
        let deleted = event(Action::DocumentDeleted);
        let documents = &repositories.documents;
        documents.delete(anna, report.id, &[deleted]).await.unwrap()
    };
    assert!(delete().await);
    assert!(!delete().await);
    assert_eq!(repositories.saved.names().await, ["document.deleted"]);
    let left = repositories.documents.list(anna, None, 10).await;
    assert_eq!(left.unwrap(), [kept]);
}
