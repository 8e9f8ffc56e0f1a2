//! What holds when several requests come at once. Each race is run many times, because which comes
//! first is up to the database.

use futures_util::future::{join, join_all};

use super::Repositories;
use super::fixture::{
    NOW, admin, connection, connection_id, document, event, regular, session, user,
};
use crate::connection::{MAX_CONNECTIONS_PER_USER, SealedCredential};
use crate::event::Action;
use crate::ports::connections::Disconnected;
use crate::ports::repository::RepositoryError;
use crate::ports::users::{AccountChanged, DefaultStorageChosen};
use crate::provider::Provider;
use crate::time::Timestamp;
use crate::user::{Role, StoragePlace, User};

const ROUNDS: u64 = 20;
const RIVALS: u64 = 6;

/// Connecting one account several times at once makes one connection.
pub async fn of_racing_inserts_of_one_account_one_wins(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let account = connection(anna, 1).account;
    let rivals = (1..=RIVALS).map(async |number| {
        let mut rival = connection(anna, number);
        rival.account = account.clone();
        let provider = Provider::Webdav;
        let connected = event(Action::CloudConnected { provider });
        repositories.connections.insert(&rival, &[connected]).await
    });
    let outcomes = join_all(rivals).await;

    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let duplicate = |outcome: &&_| matches!(outcome, Err(RepositoryError::Duplicate));
    let lost = outcomes.iter().filter(duplicate).count() as u64;
    assert_eq!((won, lost), (1, RIVALS - 1), "{outcomes:?}");
    assert_eq!(repositories.connections.list(anna).await.unwrap().len(), 1);
    assert_eq!(repositories.saved.names().await, ["cloud.connected"]);
}

/// However many connections come at once, new ones and ended ones that are revived, the owner never has
/// more than one may have (I-01).
pub async fn of_racing_connections_as_many_win_as_there_is_room(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let most = MAX_CONNECTIONS_PER_USER as u64;
    let ended = repositories.with_connection(anna, 99).await;
    let disconnect = repositories
        .connections
        .disconnect(anna, ended.id, 1, &[], &[])
        .await;
    assert!(disconnect.unwrap().is_some());
    for number in 3..=most {
        repositories.with_connection(anna, number).await;
    }
    let provider = Provider::Webdav;
    let inserts = (101..=100 + RIVALS).map(async |number| {
        let connected = event(Action::CloudConnected { provider });
        let rival = connection(anna, number);
        repositories.connections.insert(&rival, &[connected]).await
    });
    let revival = async {
        let mut revived = ended.clone();
        revived.credential_version = 3;
        let again = event(Action::CloudReconnected { provider });
        let replaced = repositories
            .connections
            .replace_credential(&revived, 2, &[again])
            .await;
        replaced.map(|replaced| assert!(replaced))
    };
    let (mut outcomes, revived) = join(join_all(inserts), revival).await;
    outcomes.push(revived);

    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let full = |outcome: &&_| matches!(outcome, Err(RepositoryError::Full));
    let lost = outcomes.iter().filter(full).count() as u64;
    assert_eq!((won, lost), (2, RIVALS - 1), "{outcomes:?}");
    let live = repositories.connections.list(anna).await.unwrap();
    assert_eq!(live.len(), MAX_CONNECTIONS_PER_USER);
    assert_eq!(repositories.saved.names().await.len(), 2);

    // A credential that is renewed is none more, and one that is ended makes room.
    let mut renewed = live.into_iter().next().unwrap();
    let version = renewed.credential_version;
    renewed.credential_version += 1;
    let connections = &repositories.connections;
    let replaced = connections.replace_credential(&renewed, version, &[]).await;
    assert!(replaced.unwrap());
    let ended = connections
        .disconnect(anna, renewed.id, version + 1, &[], &[])
        .await;
    assert!(ended.unwrap().is_some());
    repositories.with_connection(anna, 200).await;
}

/// Of several new credentials that all follow the same one, one is stored.
pub async fn of_racing_replacements_of_one_credential_one_wins(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let rivals = (1..=RIVALS).map(async |number| {
        let mut rival = cloud.clone();
        let sealed = SealedCredential(number.to_be_bytes().to_vec());
        rival.credential = Some(sealed.clone());
        rival.credential_version = 2;
        let replaced = repositories.connections.replace_credential(&rival, 1, &[]);
        replaced.await.unwrap().then_some(sealed)
    });
    let winners: Vec<_> = join_all(rivals).await.into_iter().flatten().collect();

    assert_eq!(winners.len(), 1);
    let stored = repositories.stored(&cloud).await.credential;
    assert_eq!(stored.as_ref(), winners.first());
}

/// Disconnecting several times at once happens once.
pub async fn of_racing_disconnects_one_wins(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let place = StoragePlace::Connection(cloud.id);
    repositories.choose_storage(anna, place).await;
    let rivals = (1..=RIVALS).map(async |_| {
        let provider = Provider::Webdav;
        let ended = event(Action::CloudDisconnected { provider });
        let connections = &repositories.connections;
        connections
            .disconnect(anna, cloud.id, cloud.credential_version, &[], &[ended])
            .await
            .unwrap()
    });
    let winners: Vec<_> = join_all(rivals).await.into_iter().flatten().collect();

    let left = Disconnected {
        documents: 0,
        was_default: true,
    };
    assert_eq!(winners, [left]);
    assert_eq!(repositories.saved.names().await, ["cloud.disconnected"]);
}

/// A document that comes while its storage is being disconnected is either left behind and counted, or
/// refused; no third thing.
pub async fn a_document_that_races_a_disconnect_is_counted_or_refused(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    for round in 1..=ROUNDS {
        let cloud = repositories.with_connection(anna, round).await;
        let report = document(anna, round, StoragePlace::Connection(cloud.id));
        let insert = repositories.documents.insert(&report, &[]);
        let disconnect =
            repositories
                .connections
                .disconnect(anna, cloud.id, cloud.credential_version, &[], &[]);
        let (inserted, left) = in_turns(round, insert, disconnect).await;

        let inserted = inserted.unwrap();
        let left = left.unwrap().unwrap();
        assert_eq!(left.documents, u64::from(inserted), "round {round}");
        let found = repositories.documents.find(anna, report.id).await.unwrap();
        assert_eq!(found.is_some(), inserted, "round {round}");
    }
}

/// A connection that is chosen while it is being disconnected is the default storage no longer.
pub async fn a_default_storage_that_races_a_disconnect_is_never_dead(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    for round in 1..=ROUNDS {
        let cloud = repositories.with_connection(anna, round).await;
        let place = StoragePlace::Connection(connection_id(round));
        let choose = repositories.users.set_default_storage(anna, place, &[]);
        let disconnect =
            repositories
                .connections
                .disconnect(anna, cloud.id, cloud.credential_version, &[], &[]);
        let (chosen, left) = in_turns(round, choose, disconnect).await;

        let was_default = left.unwrap().unwrap().was_default;
        let expected = if was_default {
            DefaultStorageChosen::Done
        } else {
            DefaultStorageChosen::Disconnected
        };
        assert_eq!(chosen.unwrap(), expected, "round {round}");
        assert_eq!(
            repositories.default_storage(anna).await,
            StoragePlace::House
        );
    }
    let still = repositories.users.find(anna).await.unwrap();
    assert_eq!(still, Some(user(1)));
}

/// A log-in that clears ended sessions away while its account changes and ends them waits for the change,
/// and the change for it, but not both (L-04).
pub async fn a_log_in_that_races_a_change_of_its_account_stops_neither(
    repositories: &Repositories,
) {
    let mut before = user(1);
    repositories.with(&before).await;
    for round in 1..=ROUNDS {
        let mut ended = session(before.id, 2 * round);
        ended.started_at = Timestamp::from_unix_seconds(0);
        ended.ends_at = NOW;
        repositories.sessions.insert(&ended, &[]).await.unwrap();
        let begun = session(before.id, 2 * round + 1);
        let after = User {
            session_epoch: before.session_epoch + 1,
            ..before.clone()
        };
        let log_in = repositories.sessions.insert(&begun, &[]);
        let change = repositories.change(&before, after.clone());
        let (begun, changed) = in_turns(round, log_in, change).await;
        begun.unwrap();
        assert_eq!(changed, AccountChanged::Done);
        before = after;
    }
}

/// Admins who demote each other at the same time leave one who can still come in.
pub async fn of_racing_demotions_one_admin_is_left(repositories: &Repositories) {
    let admins: Vec<_> = (1..=RIVALS).map(admin).collect();
    for admin in &admins {
        repositories.with(admin).await;
    }
    for round in 0..ROUNDS {
        let demotions = admins
            .iter()
            .map(|admin| repositories.change(admin, regular(admin)));
        let outcomes = join_all(demotions).await;

        let kept = |outcome: &AccountChanged| *outcome == AccountChanged::LastAdmin;
        let left = outcomes.iter().filter(|outcome| kept(outcome)).count();
        assert_eq!(left, 1, "round {round}: {outcomes:?}");
        for (admin, outcome) in admins.iter().zip(&outcomes) {
            let found = repositories.users.find(admin.id).await.unwrap().unwrap();
            assert_eq!(found.is_acting_admin(), kept(outcome), "round {round}");
            if !kept(outcome) {
                let promoted = repositories.change(&found, admin.clone()).await;
                assert_eq!(promoted, AccountChanged::Done);
            }
        }
    }
}

/// A user who becomes an admin while a connection or a document comes has it and stays regular, or is an
/// admin without it; no third thing.
pub async fn a_promotion_that_races_a_storage_has_one_of_the_two(repositories: &Repositories) {
    for round in 1..=ROUNDS {
        let anna = user(round);
        repositories.with(&anna).await;
        let promote = repositories.change(&anna, admin(round));
        let is_kept = if round % 4 < 2 {
            let cloud = connection(anna.id, round);
            let connect = repositories.connections.insert(&cloud, &[]);
            let (promoted, connected) = in_turns(round, promote, connect).await;
            let is_kept = match connected {
                Ok(()) => true,
                Err(RepositoryError::OwnerRefused) => false,
                Err(error) => panic!("{error}"),
            };
            assert_eq!(
                promoted == AccountChanged::HasStorages,
                is_kept,
                "{promoted:?}"
            );
            is_kept
        } else {
            let report = document(anna.id, round, StoragePlace::House);
            let store = repositories.documents.insert(&report, &[]);
            let (promoted, stored) = in_turns(round, promote, store).await;
            let is_kept = stored.unwrap();
            assert_eq!(
                promoted == AccountChanged::HasStorages,
                is_kept,
                "{promoted:?}"
            );
            is_kept
        };
        let role = repositories
            .users
            .find(anna.id)
            .await
            .unwrap()
            .unwrap()
            .role;
        assert_eq!(role == Role::Regular, is_kept, "round {round}");
    }
}

/// Runs both at once; in even rounds the second is begun first.
async fn in_turns<A: Future, B: Future>(round: u64, first: A, second: B) -> (A::Output, B::Output) {
    if round.is_multiple_of(2) {
        let (second, first) = join(second, first).await;
        (first, second)
    } else {
        join(first, second).await
    }
}
