//! The accounts' promises.

use secrecy::ExposeSecret as _;

use super::Repositories;
use super::fixture::{
    NOW, admin, connection, connection_id, data_key, document, event, password, regular, session,
    session_id, status, user, user_id,
};
use crate::connection::{ConnectionState, ReauthReason};
use crate::event::Action;
use crate::outside::OutsideSubject;
use crate::ports::repository::RepositoryError;
use crate::ports::users::{AccountChange, AccountChanged, DefaultStorageChosen, UserFilter};
use crate::user::{Role, StoragePlace, User};

/// All accounts.
const ALL: UserFilter = UserFilter {
    role: None,
    disabled: None,
    email: None,
};

/// What was inserted is found by id and by mail address, with its hash and key.
pub async fn a_user_is_found_by_id_and_by_email(repositories: &Repositories) {
    let mut anna = user(1);
    anna.email = "änna.o'neil+\"q\"@exämple.com".parse().unwrap();
    anna.role = Role::Admin;
    anna.session_epoch = u32::MAX;
    let users = &repositories.users;
    users
        .insert(
            &anna,
            Some(&password("$argon2id$v=19$a")),
            &data_key(9),
            &[],
        )
        .await
        .unwrap();

    assert_eq!(users.find(anna.id).await.unwrap().as_ref(), Some(&anna));
    let login = users.find_login(&anna.email).await.unwrap().unwrap();
    assert_eq!(login.user, anna);
    assert_eq!(
        login.password.unwrap().0.expose_secret(),
        "$argon2id$v=19$a"
    );
    assert_eq!(
        repositories.data_keys.data_key(anna.id).await.unwrap(),
        Some(data_key(9))
    );
}

/// Unknown ids and addresses give nothing, and that is no error.
pub async fn what_was_never_saved_is_not_found(repositories: &Repositories) {
    let users = &repositories.users;
    let nobody = user(1);
    assert_eq!(users.find(nobody.id).await.unwrap(), None);
    assert!(users.find_login(&nobody.email).await.unwrap().is_none());
    assert_eq!(
        repositories.data_keys.data_key(nobody.id).await.unwrap(),
        None
    );
    let (known, new) = (password("$argon2id$"), password("$x$"));
    users.rehash(nobody.id, &known, &new).await.unwrap();
    assert_eq!(users.list(&ALL, None, 10).await.unwrap(), []);
}

/// A second account with the same address is refused, and leaves neither a key nor an event.
pub async fn a_taken_email_is_a_duplicate_and_changes_nothing(repositories: &Repositories) {
    let first = repositories.with_user(1).await;
    let mut second = user(2);
    second.email = user(1).email;
    let created = event(Action::UserCreated {
        role: Role::Regular,
    });

    let refused = repositories
        .users
        .insert(
            &second,
            Some(&password("$other$")),
            &data_key(2),
            &[created],
        )
        .await;

    assert!(
        matches!(refused, Err(RepositoryError::Duplicate)),
        "{refused:?}"
    );
    let users = &repositories.users;
    assert_eq!(users.find(second.id).await.unwrap(), None);
    assert_eq!(
        repositories.data_keys.data_key(second.id).await.unwrap(),
        None
    );
    assert_eq!(users.find(first).await.unwrap(), Some(user(1)));
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// A new hash of the same password replaces the old one, of this user alone.
pub async fn a_rehash_replaces_that_user_s_hash_only(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.with_user(2).await;
    let users = &repositories.users;

    let known = password("$argon2id$");
    users
        .rehash(anna, &known, &password("$new$"))
        .await
        .unwrap();
    // The password was another when this one was compared.
    users
        .rehash(anna, &known, &password("$late$"))
        .await
        .unwrap();

    let hash_of = async |number| {
        let login = users
            .find_login(&user(number).email)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(login.user, user(number));
        login.password.unwrap().0.expose_secret().to_owned()
    };
    assert_eq!(hash_of(1).await, "$new$");
    assert_eq!(hash_of(2).await, "$argon2id$");
}

/// The house can always be chosen, also when it is chosen already; but only by somebody.
pub async fn the_house_is_always_a_default_storage(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let users = &repositories.users;
    let place = StoragePlace::Connection(cloud.id);
    repositories.choose_storage(anna, place).await;

    for _ in 0..2 {
        let house = StoragePlace::House;
        repositories.choose_storage(anna, house).await;
        assert_eq!(
            repositories.default_storage(anna).await,
            StoragePlace::House
        );
    }
    let nobody = user_id(99);
    let set = users
        .set_default_storage(nobody, StoragePlace::House, &[])
        .await;
    assert_eq!(set.unwrap(), DefaultStorageChosen::Unknown);
}

/// A live connection of the user's own can be chosen, and changes nobody else's default.
pub async fn a_live_connection_of_one_s_own_is_a_default_storage(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let place = StoragePlace::Connection(cloud.id);

    let changed = event(Action::StorageDefaultChanged);
    let set = repositories
        .users
        .set_default_storage(anna, place, &[changed])
        .await;

    assert_eq!(set.unwrap(), DefaultStorageChosen::Done);
    assert_eq!(repositories.default_storage(anna).await, place);
    assert_eq!(repositories.default_storage(ben).await, StoragePlace::House);
    assert_eq!(
        repositories.saved.names().await,
        ["storage.default_changed"]
    );
}

/// Neither another user's, a disconnected, a refused nor an unknown connection can be chosen; somebody
/// else's is as good as none (E-01).
pub async fn no_other_connection_is_a_default_storage(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let bens = repositories.with_connection(ben, 1).await;
    let gone = repositories.with_connection(anna, 2).await;
    let refused = repositories.with_connection(anna, 3).await;
    let connections = &repositories.connections;
    let version = gone.credential_version;
    let disconnected = connections.disconnect(anna, gone.id, version, &[], &[]);
    assert!(disconnected.await.unwrap().is_some());
    let status = status(ConnectionState::RequiresReauth(ReauthReason::ALL[0]));
    let marked = connections.set_status(anna, refused.id, version, status, &[]);
    assert!(marked.await.unwrap());

    for (id, expected) in [
        (bens.id, DefaultStorageChosen::Unknown),
        (connection_id(99), DefaultStorageChosen::Unknown),
        (gone.id, DefaultStorageChosen::Disconnected),
        (refused.id, DefaultStorageChosen::RequiresReauth),
    ] {
        let changed = event(Action::StorageDefaultChanged);
        let place = StoragePlace::Connection(id);
        let set = repositories
            .users
            .set_default_storage(anna, place, &[changed])
            .await;
        assert_eq!(set.unwrap(), expected, "{id}");
    }
    assert_eq!(
        repositories.default_storage(anna).await,
        StoragePlace::House
    );
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// An account that an issuer vouches for is found by issuer and subject, has no password, and is the only
/// one of its subject.
pub async fn an_outside_account_is_found_by_its_subject(repositories: &Repositories) {
    let subject = |issuer: &str, subject: &str| OutsideSubject::new(issuer, subject).unwrap();
    let theirs = subject("https://id.example.com", "8f1c");
    let anna = User {
        outside: Some(theirs.clone()),
        ..user(1)
    };
    let users = &repositories.users;
    users.insert(&anna, None, &data_key(1), &[]).await.unwrap();
    // Of those without a subject there may be many.
    repositories.with_user(2).await;
    repositories.with_user(3).await;

    assert_eq!(users.find_outside(&theirs).await.unwrap(), Some(anna));
    for other in [
        subject("https://id.example.com", "8f1d"),
        subject("https://id.example.org", "8f1c"),
        subject("8f1c", "https://id.example.com"),
    ] {
        assert_eq!(users.find_outside(&other).await.unwrap(), None, "{other:?}");
    }
    let login = users.find_login(&user(1).email).await.unwrap().unwrap();
    assert!(login.password.is_none());
    let second = User {
        outside: Some(theirs),
        ..user(4)
    };
    let refused = users.insert(&second, None, &data_key(4), &[]).await;
    assert!(
        matches!(refused, Err(RepositoryError::Duplicate)),
        "{refused:?}"
    );
}

/// A change is saved with its password and its events, touches this account alone, and where the epoch
/// moves on no session is live any more but the kept one.
pub async fn a_change_of_an_account_is_saved_and_ends_its_sessions(repositories: &Repositories) {
    let before = user(1);
    let (anna, ben) = (
        repositories.with_user(1).await,
        repositories.with_user(2).await,
    );
    for begun in [session(anna, 1), session(anna, 2), session(ben, 3)] {
        repositories.sessions.insert(&begun, &[]).await.unwrap();
    }
    let after = User {
        session_epoch: 1,
        tokens_from: Some(NOW),
        disabled_at: Some(NOW),
        ..admin(1)
    };
    let password = password("$new$");
    let change = AccountChange {
        before: &before,
        after: &after,
        password: Some(&password),
        kept: Some(session_id(2)),
    };
    let role = Role::Admin;
    let events = [event(Action::UserRoleChanged { role })];
    let users = &repositories.users;
    let changed = users.change(change, &events).await.unwrap();
    assert_eq!(changed, AccountChanged::Done);

    let login = users.find_login(&before.email).await.unwrap().unwrap();
    assert_eq!(login.user, after);
    assert_eq!(login.password.unwrap().0.expose_secret(), "$new$");
    assert_eq!(repositories.saved.names().await, ["user.role_changed"]);
    let epochs = async |id| {
        let found = repositories.sessions.find(id).await.unwrap();
        found.map(|(_, session)| session.epoch)
    };
    assert_eq!(epochs(session_id(1)).await, None);
    assert_eq!(epochs(session_id(2)).await, Some(1));
    assert_eq!(epochs(session_id(3)).await, Some(0));
    assert_eq!(users.find(ben).await.unwrap(), Some(user(2)));
}

/// What was decided by an account that is another by now changes nothing.
pub async fn a_stale_change_of_an_account_changes_nothing(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let stale = [
        admin(1),
        User {
            session_epoch: 7,
            ..user(1)
        },
        User {
            disabled_at: Some(NOW),
            ..user(1)
        },
        User {
            tokens_from: Some(NOW),
            ..user(1)
        },
        user(99),
    ];
    for before in stale {
        let after = User {
            session_epoch: 9,
            ..before.clone()
        };
        let changed = repositories.change(&before, after).await;
        assert_eq!(changed, AccountChanged::Stale, "{before:?}");
    }
    let found = repositories.users.find(anna).await.unwrap();
    assert_eq!(found, Some(user(1)));
}

/// The only admin who can come in is neither demoted nor switched off.
pub async fn the_last_acting_admin_stays(repositories: &Repositories) {
    let off = User {
        disabled_at: Some(NOW),
        ..admin(2)
    };
    for user in [&admin(1), &off, &user(3)] {
        repositories.with(user).await;
    }
    let switched_off = User {
        disabled_at: Some(NOW),
        ..admin(1)
    };
    for after in [regular(&admin(1)), switched_off] {
        let refused = repositories.change(&admin(1), after).await;
        assert_eq!(refused, AccountChanged::LastAdmin);
    }
    assert_eq!(
        repositories.change(&off, regular(&off)).await,
        AccountChanged::Done
    );
    assert_eq!(
        repositories.change(&user(3), admin(3)).await,
        AccountChanged::Done
    );
    let demoted = repositories.change(&admin(1), regular(&admin(1))).await;
    assert_eq!(demoted, AccountChanged::Done);
}

/// Nobody becomes an admin who has a live connection or a document.
pub async fn a_user_with_storages_becomes_no_admin(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let cloud = repositories.with_connection(anna, 1).await;
    repositories
        .with_document(ben, 1, StoragePlace::House)
        .await;
    for number in [1, 2] {
        let refused = repositories.change(&user(number), admin(number)).await;
        assert_eq!(refused, AccountChanged::HasStorages, "{number}");
    }

    let ended = repositories
        .connections
        .disconnect(anna, cloud.id, cloud.credential_version, &[], &[])
        .await;
    assert!(ended.unwrap().is_some());
    let promoted = repositories.change(&user(1), admin(1)).await;
    assert_eq!(promoted, AccountChanged::Done);
    let another = connection(anna, 2);
    let refused = repositories.connections.insert(&another, &[]).await;
    assert!(
        matches!(refused, Err(RepositoryError::OwnerRefused)),
        "{refused:?}"
    );
    let report = document(anna, 2, StoragePlace::House);
    let stored = repositories.documents.insert(&report, &[]).await;
    assert!(!stored.unwrap());
}

/// A list may be narrowed by role, by whether accounts are on, and by a part of the mail address, in which
/// no character is special.
pub async fn users_are_listed_by_filter(repositories: &Repositories) {
    let named = |user: User, email: &str| User {
        email: email.parse().unwrap(),
        ..user
    };
    let off = User {
        disabled_at: Some(NOW),
        ..user(3)
    };
    for user in [
        &named(user(1), "anna_%x@example.com"),
        &named(admin(2), "annabel@example.com"),
        &named(off, "ben@example.com"),
    ] {
        repositories.with(user).await;
    }
    let listed = async |filter: UserFilter| {
        let users = repositories.users.list(&filter, None, 10).await.unwrap();
        users.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    let by_email = |part: &str| UserFilter {
        email: Some(part.to_owned()),
        ..ALL
    };
    assert_eq!(listed(ALL).await, [1, 2, 3].map(user_id));
    let admins = UserFilter {
        role: Some(Role::Admin),
        ..ALL
    };
    assert_eq!(listed(admins).await, [user_id(2)]);
    for (disabled, expected) in [(true, &[3][..]), (false, &[1, 2])] {
        let filter = UserFilter {
            disabled: Some(disabled),
            ..ALL
        };
        let expected: Vec<_> = expected.iter().map(|number| user_id(*number)).collect();
        assert_eq!(listed(filter).await, expected);
    }
    assert_eq!(listed(by_email("anna")).await, [1, 2].map(user_id));
    assert_eq!(listed(by_email("_%x")).await, [user_id(1)]);
    for nobody in ["anna%", "a_na", "\\", "x_"] {
        assert_eq!(listed(by_email(nobody)).await, [], "{nobody}");
    }
}

/// A list goes by id and continues behind the last one shown.
pub async fn users_are_listed_by_id_page_by_page(repositories: &Repositories) {
    for number in [3, 1, 5, 2, 4] {
        repositories.with_user(number).await;
    }
    let page = async |after, limit| {
        let users = repositories.users.list(&ALL, after, limit).await.unwrap();
        users.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [user_id(1), user_id(2)]);
    assert_eq!(page(Some(user_id(2)), 2).await, [user_id(3), user_id(4)]);
    assert_eq!(page(Some(user_id(4)), 2).await, [user_id(5)]);
    assert_eq!(page(Some(user_id(5)), 2).await, []);
    assert_eq!(page(None, usize::MAX).await.len(), 5);
    assert_eq!(page(None, 0).await, []);
}
