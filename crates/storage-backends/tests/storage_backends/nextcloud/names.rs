//! Names that a Nextcloud keeps for itself.

use super::*;
use wharf_domain::ports::storage::Destination;

#[tokio::test]
async fn a_forbidden_name_is_refused_by_every_call_that_gives_one() {
    let cloud = Cloud::start(false).await;
    let storage = &cloud.storage;
    let (root, file) = (ItemId::root(), cloud.store("a", b"a").await.unwrap().item);
    let refused = |kind| assert_eq!(kind, Some(StorageErrorKind::NameNotAllowed));
    for name in [".htaccess", "b.part", "b.filePart", "b\\c"] {
        let to = Destination {
            folder: None,
            name: Some(name.parse().unwrap()),
            conflict: NameConflict::Number,
        };
        refused(cloud.store(name, b"b").await.err());
        refused(
            storage
                .relocate(&file.id, &to)
                .await
                .err()
                .map(|it| it.kind),
        );
        refused(storage.copy(&file.id, &to).await.err().map(|it| it.kind));
        let folder = storage.create_folder(&root, &name.parse().unwrap()).await;
        refused(folder.err().map(|it| it.kind));
    }
    refused(cloud.store("b.part", &pattern(LARGE)).await.err());
    assert_eq!(cloud.sandbox.nextcloud().state().open_uploads, []);
    assert_eq!(content(&**storage, &file).await, b"a");
}
