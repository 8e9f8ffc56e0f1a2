//! Whose drive it is.

use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::provider::Provider;

use super::{BEN, CLARA, Drive};

#[tokio::test]
async fn the_account_is_told_of_either_kind() {
    for (person, label) in [(CLARA, CLARA), (BEN, "Ben O'Neill & S\u{f6}hne")] {
        let drive = Drive::of(person).await;
        let account = drive.storage.probe().await.unwrap();
        assert_eq!(account.label, label);
        let quota = account.quota.unwrap();
        assert!(quota.used_bytes.unwrap() > 0 && quota.available_bytes.unwrap() > 0);
    }
}

#[tokio::test]
async fn a_full_drive_says_so_and_keeps_nothing() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        let folder = drive.folder("uploads").await;
        let quota = drive.storage.probe().await.unwrap().quota.unwrap();
        let limit = quota.used_bytes.unwrap() + 500;
        let sandbox = &drive.sandbox;
        sandbox.set_storage_limit(wharf_sandbox::Provider::Microsoft, person, limit);
        for size in [1000, 1_700_000] {
            let upload = super::upload(&super::pattern(size), true);
            let refused = drive.store(&folder, "new", upload).await;
            assert_eq!(refused.unwrap_err().kind, StorageErrorKind::Full, "{size}");
        }
        assert_eq!(drive.items(&folder).await, []);
        // A personal drive is asked before anything is sent.
        let fragments = drive.asked();
        let fragments = fragments.iter().filter(|asked| *asked == super::FRAGMENTS);
        assert_eq!(fragments.count(), usize::from(person == CLARA));
    }
}

// Nobody types the address of an account at Microsoft.
#[tokio::test]
async fn an_endpoint_that_is_none_opens_nothing() {
    for endpoint in ["", "data:text/plain,a", "graph"] {
        let drive = super::open_at(endpoint, "token", std::time::Duration::from_secs(1));
        let refused = drive.probe().await.unwrap_err();
        assert_eq!(refused.provider, Some(Provider::Onedrive));
        assert!(
            matches!(refused.kind, StorageErrorKind::AddressRefused(_)),
            "{endpoint}"
        );
    }
}
