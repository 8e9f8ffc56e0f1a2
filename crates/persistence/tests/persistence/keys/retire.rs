//! A key goes only once nobody needs it.

use wharf_crypto::KeyState;
use wharf_domain::operator_key::OperatorKeyId;
use wharf_services::operator_keys::{KeysError, ListedState};

use super::{Scratch, World, context, rotate};
use crate::on_both;

async fn a_key_that_is_needed_stays(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..3).await;
    let (keys, old) = (world.keys(), world.primary());
    keys.check().await.unwrap();
    let refused = async |id| keys.retire(&context(), id).await.unwrap_err();

    let error = refused(old).await;
    assert!(matches!(error, KeysError::IsPrimary { .. }), "{error}");
    let error = refused(OperatorKeyId([9; 16])).await;
    assert!(matches!(error, KeysError::Unknown { .. }), "{error}");

    // Promoted, and not a record wrapped anew.
    keys_promote(&world);
    let error = refused(old).await;
    assert!(
        matches!(error, KeysError::Needed { records: 3, .. }),
        "{error}"
    );
    rotate(&keys).await.unwrap();
    world.serve(5, &[old, world.primary()]).await;
    let error = refused(old).await;
    assert!(
        matches!(&error, KeysError::PrimaryElsewhere { replicas, .. } if replicas.len() == 1),
        "{error}"
    );
    assert!(world.states().contains(&(old, KeyState::Former)));
    assert!(
        !world
            .trail()
            .await
            .iter()
            .any(|it| it.starts_with("key.retired"))
    );
}

/// Adds a key and promotes it by hand.
fn keys_promote(world: &World) {
    let changed = world.keyring().change(|keyring| {
        let id = keyring.add(1).unwrap();
        Ok::<_, KeysError>(keyring.promote(id))
    });
    assert!(changed.unwrap());
}

async fn a_key_that_nobody_needs_goes_once(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..3).await;
    let sealed = world.sealed(1).await;
    let (keys, old) = (world.keys(), world.primary());
    rotate(&keys).await.unwrap();

    for _ in 0..2 {
        keys.retire(&context(), old).await.unwrap();
    }

    let new = world.primary();
    assert_eq!(world.states(), [(new, KeyState::Primary)]);
    let retired = format!("key.retired {{\"key\":\"{old}\"}}");
    assert_eq!(world.trail().await[1..], [retired]);
    assert!(world.opens(1, &sealed).await);
    world.keys().check().await.unwrap();
    let listed = keys.list().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|it| (it.id, it.state)).collect();
    assert!(listed.contains(&(old, ListedState::Retired)), "{listed:?}");
}

// A file that is restored from before the rotation lacks the key that is needed now.
async fn a_key_that_is_needed_and_gone_is_listed_as_missing(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..3).await;
    let before = std::fs::read(world.file.path()).unwrap();
    rotate(&world.keys()).await.unwrap();
    let new = world.primary();
    std::fs::write(world.file.path(), before).unwrap();

    let keys = world.keys();
    let error = keys.check().await.unwrap_err();
    assert!(
        matches!(&error, KeysError::Missing { ids, .. } if *ids == [new]),
        "{error}"
    );
    let error = rotate(&keys).await.unwrap_err();
    assert!(matches!(error, KeysError::Missing { .. }), "{error}");
    let listed = keys.list().await.unwrap();
    let missing = listed.iter().find(|it| it.id == new).unwrap();
    assert_eq!((missing.state, missing.records), (ListedState::Missing, 3));
}

on_both!(
    a_key_that_is_needed_stays,
    a_key_that_nobody_needs_goes_once,
    a_key_that_is_needed_and_gone_is_listed_as_missing,
);
