//! The connections' promises.

use super::Repositories;
use super::fixture::{NOW, assert_same, connection, connection_id, event, status};
use crate::connection::{
    AccountKey, Connection, ConnectionState, Endpoint, ReauthReason, SealedCredential,
};
use crate::event::Action;
use crate::ports::connections::Disconnected;
use crate::ports::repository::RepositoryError;
use crate::provider::Provider;
use crate::time::Timestamp;
use crate::user::StoragePlace;

const REAUTH: ConnectionState = ConnectionState::RequiresReauth(ReauthReason::PasswordRefused);

/// What was inserted is found by id and by account.
pub async fn a_connection_is_found_by_id_and_by_account(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let connections = &repositories.connections;

    assert_same(&repositories.stored(&cloud).await, &cloud);
    let by_account = connections
        .find_account(anna, Provider::Webdav, &cloud.account)
        .await;
    assert_same(&by_account.unwrap().unwrap(), &cloud);

    let other = AccountKey("https://cloud.example.com/dav/ ANNA1".to_owned());
    let unknown = connections
        .find_account(anna, Provider::Webdav, &other)
        .await;
    assert!(unknown.unwrap().is_none());
    let unknown = connections.find(anna, connection_id(99)).await;
    assert!(unknown.unwrap().is_none());
}

/// Texts come back byte for byte, composed and decomposed apart, and instants to the microsecond.
pub async fn odd_texts_and_instants_come_back_as_they_were(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let texts = [
        "Zo\u{eb}",
        "Zoe\u{308}",
        "\u{1f600} 'quoted\" \\ % _ $1 ?",
        "日本語 עברית",
        &"ü".repeat(200),
    ];
    let instants = [0, -1, 1, 1_795_421_730_999_999, 253_402_300_799_999_999];
    let mut saved = Vec::new();
    for ((number, text), micros) in (1..).zip(texts).zip(instants) {
        let mut odd = connection(anna, number);
        odd.display_name = text.parse().unwrap();
        odd.account = AccountKey(text.to_owned());
        odd.endpoint = Endpoint(format!("https://example.com/{text}/"));
        odd.credential = Some(SealedCredential(vec![0; 4096]));
        odd.status.since = Timestamp::from_unix_micros(micros);
        odd.created_at = Timestamp::from_unix_micros(micros);
        repositories.connections.insert(&odd, &[]).await.unwrap();
        saved.push(odd);
    }
    for odd in &saved {
        assert_same(&repositories.stored(odd).await, odd);
        let found = repositories
            .connections
            .find_account(anna, Provider::Webdav, &odd.account)
            .await;
        assert_eq!(found.unwrap().unwrap().id, odd.id, "{:?}", odd.account);
    }
}

/// Each state comes back with its reason.
pub async fn every_status_comes_back_as_it_was(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let reauth = ReauthReason::ALL.map(ConnectionState::RequiresReauth);
    let others = [ConnectionState::Active, ConnectionState::Unreachable];
    for (number, state) in (1..).zip(others.into_iter().chain(reauth)) {
        let mut cloud = connection(anna, number);
        cloud.status = status(state);
        repositories.connections.insert(&cloud, &[]).await.unwrap();
        assert_eq!(repositories.stored(&cloud).await.status, status(state));
    }
}

/// An owner has one connection to an account, disconnected ones included.
pub async fn the_same_account_twice_is_a_duplicate(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let first = repositories.with_connection(anna, 1).await;
    let mut second = connection(anna, 2);
    second.account = first.account.clone();
    let insert = async || {
        let provider = Provider::Webdav;
        let connected = event(Action::CloudConnected { provider });
        repositories.connections.insert(&second, &[connected]).await
    };

    let refused = insert().await;
    assert!(
        matches!(refused, Err(RepositoryError::Duplicate)),
        "{refused:?}"
    );
    repositories
        .connections
        .disconnect(anna, first.id, first.credential_version, &[], &[])
        .await
        .unwrap();
    let refused = insert().await;
    assert!(
        matches!(refused, Err(RepositoryError::Duplicate)),
        "{refused:?}"
    );

    let found = repositories.connections.find(anna, second.id).await;
    assert!(found.unwrap().is_none());
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// The same account may be connected by several users.
pub async fn two_owners_may_connect_the_same_account(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let annas = repositories.with_connection(anna, 1).await;
    let mut bens = connection(ben, 2);
    bens.account = annas.account.clone();
    repositories.connections.insert(&bens, &[]).await.unwrap();

    for cloud in [&annas, &bens] {
        let found = repositories
            .connections
            .find_account(cloud.owner, Provider::Webdav, &cloud.account)
            .await;
        assert_eq!(found.unwrap().unwrap().id, cloud.id);
    }
}

/// Another user's connection is as if it were not there (E-01, A-08).
pub async fn a_wrong_owner_sees_and_changes_nothing(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let annas = repositories.with_connection(anna, 1).await;
    let connections = &repositories.connections;

    assert!(connections.find(ben, annas.id).await.unwrap().is_none());
    let by_account = connections
        .find_account(ben, Provider::Webdav, &annas.account)
        .await;
    assert!(by_account.unwrap().is_none());
    assert_eq!(connections.list(ben).await.unwrap().len(), 0);

    let stolen = Connection {
        owner: ben,
        credential_version: 2,
        ..annas.clone()
    };
    let replaced = connections.replace_credential(&stolen, 1, &[]).await;
    assert!(!replaced.unwrap());
    let renamed = connections
        .rename(ben, annas.id, &"Mine".parse().unwrap())
        .await;
    assert!(!renamed.unwrap());
    let judged = connections
        .set_status(ben, annas.id, 1, status(REAUTH), &[])
        .await;
    assert!(!judged.unwrap());
    let disconnected = connections
        .disconnect(ben, annas.id, annas.credential_version, &[], &[])
        .await;
    assert_eq!(disconnected.unwrap(), None);

    assert_same(&repositories.stored(&annas).await, &annas);
}

/// The list has the owner's live connections, the oldest first.
pub async fn live_connections_are_listed_oldest_first(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    for number in [3, 1, 4, 2] {
        repositories.with_connection(anna, number).await;
    }
    repositories.with_connection(ben, 5).await;
    let connections = &repositories.connections;
    connections
        .disconnect(anna, connection_id(1), 1, &[], &[])
        .await
        .unwrap();

    let listed = connections.list(anna).await.unwrap();
    assert_eq!(listed.len(), 3);
    for (found, number) in listed.iter().zip([2, 3, 4]) {
        assert_same(found, &connection(anna, number));
    }
}

/// A replacement brings the credential, its version, the endpoint, the name and the status, and leaves
/// what the connection is.
pub async fn a_credential_is_replaced_with_what_came_with_it(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let before = repositories.with_connection(anna, 1).await;
    let bystander = repositories.with_connection(anna, 2).await;
    let after = Connection {
        credential: Some(SealedCredential(vec![9; 100])),
        credential_version: 2,
        endpoint: Endpoint("https://new.example.com/".to_owned()),
        display_name: "Renamed".parse().unwrap(),
        status: status(ConnectionState::Unreachable),
        ..before.clone()
    };
    let sent = Connection {
        account: AccountKey("another".to_owned()),
        created_at: Timestamp::from_unix_seconds(0),
        ..after.clone()
    };

    let replaced = repositories
        .connections
        .replace_credential(&sent, 1, &[])
        .await;
    assert!(replaced.unwrap());

    assert_same(&repositories.stored(&before).await, &after);
    assert_same(&repositories.stored(&bystander).await, &bystander);
}

/// A replacement of a version that is stored no longer is refused.
pub async fn a_stale_replacement_changes_nothing(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let before = repositories.with_connection(anna, 1).await;
    let mut late = before.clone();
    late.credential = Some(SealedCredential(vec![9]));
    late.credential_version = 2;
    for version in [0, 2, u32::MAX] {
        let provider = Provider::Webdav;
        let reconnected = event(Action::CloudReconnected { provider });
        let replaced = repositories
            .connections
            .replace_credential(&late, version, &[reconnected])
            .await;
        assert!(!replaced.unwrap(), "version {version}");
    }
    assert_same(&repositories.stored(&before).await, &before);
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// A new name is all that a rename changes.
pub async fn a_rename_touches_the_name_only(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let mut cloud = repositories.with_connection(anna, 1).await;
    let bystander = repositories.with_connection(anna, 2).await;
    cloud.display_name = "Büro \u{1f4bc}".parse().unwrap();
    let connections = &repositories.connections;

    let renamed = connections
        .rename(anna, cloud.id, &cloud.display_name)
        .await;
    assert!(renamed.unwrap());
    assert_same(&repositories.stored(&cloud).await, &cloud);
    assert_same(&repositories.stored(&bystander).await, &bystander);

    let unknown = connections
        .rename(anna, connection_id(99), &cloud.display_name)
        .await;
    assert!(!unknown.unwrap());
}

/// A verdict on a credential counts only while that credential is stored.
pub async fn a_status_is_set_for_the_credential_it_was_found_with(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let mut cloud = repositories.with_connection(anna, 1).await;
    let connections = &repositories.connections;
    let provider = Provider::Webdav;

    for stale in [0, 2] {
        let lost = event(Action::CloudRequiresReauth { provider });
        let set = connections
            .set_status(anna, cloud.id, stale, status(REAUTH), &[lost])
            .await;
        assert!(!set.unwrap(), "version {stale}");
    }
    assert_same(&repositories.stored(&cloud).await, &cloud);
    assert_eq!(repositories.saved.names().await, [""; 0]);

    let lost = event(Action::CloudRequiresReauth { provider });
    cloud.status = status(REAUTH);
    cloud.status.since = Timestamp::from_unix_micros(NOW.as_unix_micros() + 1);
    let set = connections
        .set_status(anna, cloud.id, 1, cloud.status, &[lost])
        .await;
    assert!(set.unwrap());
    assert_same(&repositories.stored(&cloud).await, &cloud);
    assert_eq!(repositories.saved.names().await, ["cloud.requires_reauth"]);
}

/// A status comes and goes, until the credential is refused: only a new credential ends that, and it is
/// told of once.
pub async fn a_refused_credential_stays_refused(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let mut cloud = repositories.with_connection(anna, 1).await;
    let provider = cloud.provider;
    let connections = &repositories.connections;
    for state in [
        ConnectionState::Unreachable,
        ConnectionState::Active,
        REAUTH,
    ] {
        cloud.status = status(state);
        let set = connections
            .set_status(anna, cloud.id, 1, cloud.status, &[])
            .await;
        assert!(set.unwrap(), "{state:?}");
        assert_same(&repositories.stored(&cloud).await, &cloud);
    }
    for state in [
        ConnectionState::Unreachable,
        ConnectionState::Active,
        REAUTH,
    ] {
        let again = event(Action::CloudRequiresReauth { provider });
        let set = connections
            .set_status(anna, cloud.id, 1, status(state), &[again])
            .await;
        assert!(!set.unwrap(), "{state:?}");
    }
    assert_same(&repositories.stored(&cloud).await, &cloud);
    assert_eq!(repositories.saved.names().await, [""; 0]);

    cloud.status = status(ConnectionState::Active);
    cloud.credential_version = 2;
    let replaced = connections.replace_credential(&cloud, 1, &[]).await;
    assert!(replaced.unwrap());
    assert_same(&repositories.stored(&cloud).await, &cloud);
}

/// Disconnecting destroys the credential and nothing else, once, and says what is left behind.
pub async fn a_disconnected_connection_keeps_its_row_without_a_credential(
    repositories: &Repositories,
) {
    let anna = repositories.with_user(1).await;
    let mut cloud = repositories.with_connection(anna, 1).await;
    let place = StoragePlace::Connection(cloud.id);
    repositories.with_document(anna, 1, place).await;
    repositories.with_document(anna, 2, place).await;
    repositories
        .with_document(anna, 3, StoragePlace::House)
        .await;
    let connections = &repositories.connections;

    let left = Disconnected {
        documents: 2,
        was_default: false,
    };
    let disconnected = connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &[])
        .await;
    assert_eq!(disconnected.unwrap(), Some(left));
    assert_eq!(
        connections
            .disconnect(anna, cloud.id, cloud.credential_version, &[], &[])
            .await
            .unwrap(),
        None
    );
    let unknown = connections
        .disconnect(anna, connection_id(99), 1, &[], &[])
        .await;
    assert_eq!(unknown.unwrap(), None);

    cloud.credential = None;
    cloud.credential_version += 1;
    let stored = repositories.stored(&cloud).await;
    assert!(stored.is_disconnected());
    assert_same(&stored, &cloud);
    let by_account = connections
        .find_account(anna, Provider::Webdav, &cloud.account)
        .await;
    assert_same(&by_account.unwrap().unwrap(), &cloud);
}

/// Names and verdicts are for live connections.
pub async fn a_disconnected_connection_is_neither_renamed_nor_judged(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let mut cloud = repositories.with_connection(anna, 1).await;
    let connections = &repositories.connections;
    connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &[])
        .await
        .unwrap();
    cloud.credential = None;
    cloud.credential_version += 1;

    let renamed = connections
        .rename(anna, cloud.id, &"Late".parse().unwrap())
        .await;
    assert!(!renamed.unwrap());
    let judged = connections
        .set_status(anna, cloud.id, 2, status(REAUTH), &[])
        .await;
    assert!(!judged.unwrap());
    assert_same(&repositories.stored(&cloud).await, &cloud);
}

/// A default storage that is disconnected is the default no longer.
pub async fn disconnecting_makes_the_house_the_default_again(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let place = StoragePlace::Connection(cloud.id);
    repositories.choose_storage(anna, place).await;

    let disconnected = repositories
        .connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &[])
        .await;
    let left = Disconnected {
        documents: 0,
        was_default: true,
    };
    assert_eq!(disconnected.unwrap(), Some(left));
    assert_eq!(
        repositories.default_storage(anna).await,
        StoragePlace::House
    );
}

/// Another connection that is the default stays so, and other users' things are untouched.
pub async fn disconnecting_one_leaves_the_others_alone(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let kept = repositories.with_connection(anna, 1).await;
    let ended = repositories.with_connection(anna, 2).await;
    let bens = repositories.with_connection(ben, 3).await;
    for cloud in [&kept, &bens] {
        let place = StoragePlace::Connection(cloud.id);
        repositories.choose_storage(cloud.owner, place).await;
        repositories
            .with_document(cloud.owner, 10 + u64::from(cloud.owner == ben), place)
            .await;
    }

    let disconnected = repositories
        .connections
        .disconnect(anna, ended.id, ended.credential_version, &[], &[])
        .await;
    let left = Disconnected {
        documents: 0,
        was_default: false,
    };
    assert_eq!(disconnected.unwrap(), Some(left));
    for cloud in [&kept, &bens] {
        assert_same(&repositories.stored(cloud).await, cloud);
        let place = StoragePlace::Connection(cloud.id);
        assert_eq!(repositories.default_storage(cloud.owner).await, place);
    }
}

/// Connecting a disconnected account again gives it a new credential under the same id, and its
/// documents are where they were.
pub async fn a_revived_connection_keeps_its_id_and_its_documents(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let mut cloud = repositories.with_connection(anna, 1).await;
    let place = StoragePlace::Connection(cloud.id);
    let document = repositories.with_document(anna, 1, place).await;
    let connections = &repositories.connections;
    connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &[])
        .await
        .unwrap();
    assert_eq!(connections.list(anna).await.unwrap().len(), 0);

    cloud.credential = Some(SealedCredential(vec![5; 50]));
    cloud.credential_version = 3;
    // who read the row before the end does not undo it.
    let late = connections.replace_credential(&cloud, 1, &[]).await;
    assert!(!late.unwrap());
    assert_eq!(connections.list(anna).await.unwrap().len(), 0);
    let revived = connections.replace_credential(&cloud, 2, &[]).await;
    assert!(revived.unwrap());

    assert_same(&connections.list(anna).await.unwrap()[0], &cloud);
    let found = repositories.documents.find(anna, document.id).await;
    assert_eq!(found.unwrap(), Some(document));
    repositories.with_document(anna, 2, place).await;
}
