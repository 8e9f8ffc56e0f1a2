//! Changes and their events: both are saved, or neither (L-04).

use std::net::{IpAddr, Ipv4Addr};

use super::Repositories;
use super::fixture::{connection, data_key, document, event, password, status, user};
use crate::connection::ConnectionState;
use crate::context::{Actor, ClientNetwork};
use crate::event::{Action, Resource};
use crate::operator_key::OperatorKeyId;
use crate::ports::users::DefaultStorageChosen;
use crate::provider::Provider;
use crate::user::{Role, StoragePlace};

const PROVIDER: Provider = Provider::Webdav;

/// Each change that takes events saves them, in the order in which they were given.
pub async fn every_change_is_saved_with_its_events(repositories: &Repositories) {
    let Repositories {
        users,
        connections,
        documents,
        ..
    } = repositories;
    let anna = user(1);
    let created = event(Action::UserCreated {
        role: Role::Regular,
    });
    let inserted = users
        .insert(&anna, Some(&password("$")), &data_key(1), &[created])
        .await;
    inserted.unwrap();

    let mut cloud = connection(anna.id, 1);
    let place = StoragePlace::Connection(cloud.id);
    let both = [
        event(Action::CloudConnected { provider: PROVIDER }),
        event(Action::StorageDefaultChanged),
    ];
    connections.insert(&cloud, &both).await.unwrap();
    let chosen = event(Action::StorageDefaultChanged);
    let chosen = users.set_default_storage(anna.id, place, &[chosen]).await;
    assert_eq!(chosen.unwrap(), DefaultStorageChosen::Done);

    let report = document(anna.id, 1, place);
    let stored = event(Action::DocumentStored { size_bytes: 7 });
    assert!(documents.insert(&report, &[stored]).await.unwrap());
    let deleted = event(Action::DocumentDeleted);
    assert!(
        documents
            .delete(anna.id, report.id, &[deleted])
            .await
            .unwrap()
    );

    let lost = event(Action::CloudRequiresReauth { provider: PROVIDER });
    let unreachable = status(ConnectionState::Unreachable);
    let judged = connections
        .set_status(anna.id, cloud.id, 1, unreachable, &[lost])
        .await;
    assert!(judged.unwrap());
    cloud.credential_version = 2;
    let again = event(Action::CloudReconnected { provider: PROVIDER });
    assert!(
        connections
            .replace_credential(&cloud, 1, &[again])
            .await
            .unwrap()
    );
    let ended = event(Action::CloudDisconnected { provider: PROVIDER });
    let left = connections
        .disconnect(anna.id, cloud.id, cloud.credential_version, &[], &[ended])
        .await;
    assert!(left.unwrap().is_some());

    let names = [
        "user.created",
        "cloud.connected",
        "storage.default_changed",
        "storage.default_changed",
        "document.stored",
        "document.deleted",
        "cloud.requires_reauth",
        "cloud.reconnected",
        "cloud.disconnected",
    ];
    assert_eq!(repositories.saved.names().await, names);
}

/// A change that did not happen leaves no event.
pub async fn a_refused_change_saves_no_event(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let connections = &repositories.connections;
    connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &[])
        .await
        .unwrap();

    let ended = event(Action::CloudDisconnected { provider: PROVIDER });
    let again = connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &[ended])
        .await;
    assert_eq!(again.unwrap(), None);
    let lost = event(Action::CloudRequiresReauth { provider: PROVIDER });
    let unreachable = status(ConnectionState::Unreachable);
    let judged = connections
        .set_status(anna, cloud.id, 1, unreachable, &[lost])
        .await;
    assert!(!judged.unwrap());
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// If an event cannot be saved, neither is the change, nor the events before it.
pub async fn a_change_whose_event_cannot_be_saved_is_undone(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let saved = event(Action::SessionStarted);
    repositories.events.record(&saved).await.unwrap();
    // The second cannot be saved, because its id is taken.
    let events = [event(Action::StorageDefaultChanged), saved];

    let place = StoragePlace::Connection(cloud.id);
    let set = repositories
        .users
        .set_default_storage(anna, place, &events)
        .await;
    assert!(set.is_err());
    let report = document(anna, 1, StoragePlace::House);
    assert!(
        repositories
            .documents
            .insert(&report, &events)
            .await
            .is_err()
    );
    let disconnected = repositories
        .connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &events)
        .await;
    assert!(disconnected.is_err());

    assert_eq!(
        repositories.default_storage(anna).await,
        StoragePlace::House
    );
    let found = repositories.documents.find(anna, report.id).await;
    assert_eq!(found.unwrap(), None);
    assert!(!repositories.stored(&cloud).await.is_disconnected());
    assert_eq!(repositories.saved.names().await, ["session.started"]);
}

/// An event that comes without a change is saved by itself.
pub async fn an_event_without_a_change_is_recorded(repositories: &Repositories) {
    let mut refused = event(Action::SessionRefused);
    refused.actor = Actor::Anonymous;
    refused.client = Some(ClientNetwork::from(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    repositories.events.record(&refused).await.unwrap();
    assert_eq!(repositories.saved.names().await, ["session.refused"]);
}

/// Whatever can happen, by whom and to what, can be saved.
pub async fn every_kind_of_event_can_be_saved(repositories: &Repositories) {
    let anna = user(1).id;
    let actions = [
        Action::UserCreated { role: Role::Admin },
        Action::UserRoleChanged {
            role: Role::Regular,
        },
        Action::UserDisabled,
        Action::UserEnabled,
        Action::UserPasswordChanged,
        Action::UserDeleted,
        Action::UserErased,
        Action::CloudCredentialsPurged {
            providers: vec![PROVIDER, Provider::Nextcloud],
        },
        Action::SessionStarted,
        Action::SessionEnded,
        Action::SessionRefused,
        Action::CloudConnected { provider: PROVIDER },
        Action::CloudReconnected { provider: PROVIDER },
        Action::CloudRequiresReauth { provider: PROVIDER },
        Action::CloudDisconnected { provider: PROVIDER },
        Action::DocumentStored {
            size_bytes: u64::MAX,
        },
        Action::DocumentDeleted,
        Action::StorageDefaultChanged,
        Action::KeyRotated {
            key: OperatorKeyId([7; 16]),
        },
        Action::KeyRetired {
            key: OperatorKeyId([0xff; 16]),
        },
        Action::SealRefused {
            purpose: "connection.credential",
        },
        Action::EgressBlocked { rule: "private" },
    ];
    let resources = [
        Some(Resource::User(anna)),
        Some(Resource::Connection(connection(anna, 1).id)),
        Some(Resource::Document(
            document(anna, 1, StoragePlace::House).id,
        )),
        None,
    ];
    let names: Vec<_> = actions.iter().map(Action::name).collect();
    for (action, resource) in actions.into_iter().zip(resources.into_iter().cycle()) {
        let mut happened = event(action);
        happened.actor = Actor::User(anna);
        happened.resource = resource;
        repositories.events.record(&happened).await.unwrap();
    }
    assert_eq!(repositories.saved.names().await, names);
}
