//! The check before anything is served (K-07).

use wharf_crypto::{KeyProvider as _, KeyText, LiveKeyring};
use wharf_domain::ports::operator_keys::OperatorKeys as _;
use wharf_services::operator_keys::KeysError;

use super::{KeyFile, Scratch, World};
use crate::on_both;

// A file that belongs to another database, or that came from an old backup.
async fn a_missing_key_is_named_with_the_file(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..3).await;
    world.keys().check().await.unwrap();
    let stranger = tempfile::tempdir().unwrap();
    let path = stranger.path().join("keyring.json");
    let file = KeyFile::at(&path);
    file.load_or_create(None).unwrap();

    let keys = world.keys_of(LiveKeyring::open(Box::new(file)).unwrap());
    let error = keys.check().await.unwrap_err();

    let needed = world.primary();
    assert!(
        matches!(&error, KeysError::Missing { ids, .. } if *ids == [needed]),
        "{error}"
    );
    let words = error.to_string();
    assert!(words.contains(path.to_str().unwrap()), "{words}");
    assert!(words.contains(&needed.to_string()), "{words}");
    assert!(words.contains("restore"), "{words}");
}

async fn a_key_of_the_same_id_with_other_bytes_is_refused(scratch: Scratch) {
    let world = World::of(scratch);
    world.keys().check().await.unwrap();
    let forged = world.keys_of(forged(&world));

    // Nothing is sealed yet, and all the same it is known that the key is another.
    let error = forged.check().await.unwrap_err();

    let id = world.primary();
    assert!(
        matches!(error, KeysError::WrongKey { id: wrong, .. } if wrong == id),
        "{error}"
    );
    assert!(error.to_string().contains("a forged file"), "{error}");
}

/// The ring of this world with another key under the same id.
fn forged(world: &World) -> LiveKeyring {
    let text = std::fs::read_to_string(world.file.path()).unwrap();
    let (before, rest) = text.split_once("\"key\": ").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let key = "\"key\": \"dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z_0Me0\"";
    let text = KeyText::new("a forged file", format!("{before}{key}\n{after}").into());
    assert!(text.load().is_ok());
    LiveKeyring::open(Box::new(text)).unwrap()
}

// A database from before keys were remembered.
async fn without_a_canary_the_rows_tell(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..3).await;
    let forged = world.keys_of(forged(&world));
    let error = forged.check().await.unwrap_err();
    assert!(matches!(error, KeysError::WrongKey { .. }), "{error}");

    // One damaged row is no reason to stay away.
    world.scratch.place.run(SPOIL).await;
    world.keys().check().await.unwrap();
    let known = world.scratch.database.known().await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].id, world.primary());
    assert!(known[0].promoted_at.is_some());
    assert!(world.trail().await.is_empty(), "nothing was changed");
}

/// The statement that cuts the first user's wrapped key short.
pub(super) const SPOIL: &str = "UPDATE user_keys SET wrapped = substr(wrapped, 1, 60) \
     WHERE user_id = (SELECT user_id FROM user_keys ORDER BY user_id LIMIT 1)";

async fn what_is_known_stays_known_when_many_begin_at_once(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..2).await;
    let starts = (0..4).map(|_| world.keys());
    let starts: Vec<_> = starts.collect();
    let checks = futures_util::future::join_all(starts.iter().map(|keys| keys.check()));
    assert!(checks.await.iter().all(Result::is_ok));
    assert_eq!(world.scratch.database.known().await.unwrap().len(), 1);
}

on_both!(
    a_missing_key_is_named_with_the_file,
    a_key_of_the_same_id_with_other_bytes_is_refused,
    without_a_canary_the_rows_tell,
    what_is_known_stays_known_when_many_begin_at_once,
);
