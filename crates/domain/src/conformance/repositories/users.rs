//! The accounts' promises.

use secrecy::ExposeSecret as _;

use super::Repositories;
use super::fixture::{connection_id, data_key, event, password, user, user_id};
use crate::event::Action;
use crate::ports::repository::RepositoryError;
use crate::user::{Role, StoragePlace};

/// What was inserted is found by id and by mail address, with its hash and key.
pub async fn a_user_is_found_by_id_and_by_email(repositories: &Repositories) {
    let mut anna = user(1);
    anna.email = "änna.o'neil+\"q\"@exämple.com".parse().unwrap();
    anna.role = Role::Admin;
    anna.session_epoch = u32::MAX;
    let users = &repositories.users;
    users
        .insert(&anna, &password("$argon2id$v=19$a"), &data_key(9), &[])
        .await
        .unwrap();

    assert_eq!(users.find(anna.id).await.unwrap().as_ref(), Some(&anna));
    let login = users.find_login(&anna.email).await.unwrap().unwrap();
    assert_eq!(login.user, anna);
    assert_eq!(login.password.0.expose_secret(), "$argon2id$v=19$a");
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
    users.rehash(nobody.id, &password("$x$")).await.unwrap();
    assert_eq!(users.list(None, 10).await.unwrap(), []);
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
        .insert(&second, &password("$other$"), &data_key(2), &[created])
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

    users.rehash(anna, &password("$new$")).await.unwrap();

    let hash_of = async |number| {
        let login = users
            .find_login(&user(number).email)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(login.user, user(number));
        login.password.0.expose_secret().to_owned()
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
    assert!(users.set_default_storage(anna, place, &[]).await.unwrap());

    for _ in 0..2 {
        let house = StoragePlace::House;
        assert!(users.set_default_storage(anna, house, &[]).await.unwrap());
        assert_eq!(
            repositories.default_storage(anna).await,
            StoragePlace::House
        );
    }
    let nobody = user_id(99);
    let set = users
        .set_default_storage(nobody, StoragePlace::House, &[])
        .await;
    assert!(!set.unwrap());
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

    assert!(set.unwrap());
    assert_eq!(repositories.default_storage(anna).await, place);
    assert_eq!(repositories.default_storage(ben).await, StoragePlace::House);
    assert_eq!(
        repositories.saved.names().await,
        ["storage.default_changed"]
    );
}

/// Neither another user's, a disconnected nor an unknown connection can be chosen (E-01).
pub async fn no_other_connection_is_a_default_storage(repositories: &Repositories) {
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
        let changed = event(Action::StorageDefaultChanged);
        let place = StoragePlace::Connection(id);
        let set = repositories
            .users
            .set_default_storage(anna, place, &[changed])
            .await;
        assert!(!set.unwrap(), "{id}");
    }
    assert_eq!(
        repositories.default_storage(anna).await,
        StoragePlace::House
    );
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// A list goes by id and continues behind the last one shown.
pub async fn users_are_listed_by_id_page_by_page(repositories: &Repositories) {
    for number in [3, 1, 5, 2, 4] {
        repositories.with_user(number).await;
    }
    let page = async |after, limit| {
        let users = repositories.users.list(after, limit).await.unwrap();
        users.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [user_id(1), user_id(2)]);
    assert_eq!(page(Some(user_id(2)), 2).await, [user_id(3), user_id(4)]);
    assert_eq!(page(Some(user_id(4)), 2).await, [user_id(5)]);
    assert_eq!(page(Some(user_id(5)), 2).await, []);
    assert_eq!(page(None, usize::MAX).await.len(), 5);
    assert_eq!(page(None, 0).await, []);
}
