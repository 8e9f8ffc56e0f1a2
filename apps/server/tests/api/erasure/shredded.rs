//! Whoever has the whole database and the operator's keys opens nothing of a deleted user's (K-08).

use wharf_crypto::{Context, DataKey, Keyring, Purpose};
use wharf_sandbox::{Fault, FaultRule};

use super::scene::Scene;
use crate::support::patience;
use crate::support::postgres::Database;

/// All bytes that any row of the database holds.
async fn all_bytes(database: &Database) -> Vec<Vec<u8>> {
    let columns = "SELECT 'SELECT encode(' || column_name || ', ''hex'') FROM ' || table_name || ' WHERE ' || column_name || ' IS NOT NULL' FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea'";
    let mut all = Vec::new();
    for query in database.column(columns).await {
        all.extend(database.column(&query).await.iter().map(|hex| unhex(hex)));
    }
    all
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}

fn id_bytes(id: &str) -> Vec<u8> {
    unhex(&id.replace('-', ""))
}

/// The data keys among these bytes that the operator's keys open for the user or the erasure.
fn keys_among(bytes: &[Vec<u8>], keyring: &Keyring, contexts: &[Context]) -> Vec<DataKey> {
    let opened = bytes.iter().flat_map(|record| {
        contexts
            .iter()
            .filter_map(|context| keyring.unwrap_key(context, record).ok())
    });
    opened.collect()
}

#[tokio::test]
async fn a_dump_and_the_keys_open_nothing() {
    let database = Database::fresh().await;
    let scene = Scene::start(|settings| settings.database(&database.url)).await;
    let keyring = Keyring::load(&scene.process.keyring()).unwrap();
    let user = Context::new().field("user", id_bytes(&scene.anna_id));
    let webdav = &scene.connections[3];
    let credential =
        format!("SELECT encode(credential, 'hex') FROM connections WHERE id = '{webdav}'");
    let credential = unhex(&database.column(&credential).await[0]);
    let of = user
        .clone()
        .field("connection", id_bytes(webdav))
        .field("provider", "webdav")
        .field("credential_version", 1_u32.to_be_bytes());
    let purpose = Purpose::new("connection.credential");

    // Before the deletion this is how it is opened.
    let before = all_bytes(&database).await;
    let keys = keys_among(&before, &keyring, std::slice::from_ref(&user));
    assert_eq!(keys.len(), 1);
    assert!(keys[0].open(purpose, &of, &credential).is_ok());

    // While the erasure goes on, its own key is the only one, and it opens nothing of before.
    scene.sandbox.inject(FaultRule::on(
        "DELETE *",
        Fault::Answer {
            status: 503,
            error: None,
            retry_after: None,
            after_effect: false,
        },
    ));
    let erasure = scene.begin().await;
    let id = erasure.rsplit('/').next().unwrap();
    let contexts = [user.clone(), Context::new().field("erasure", id_bytes(id))];
    let during = all_bytes(&database).await;
    assert_eq!(keys_among(&during, &keyring, &contexts[..1]).len(), 0);
    let keys = keys_among(&during, &keyring, &contexts[1..]);
    assert_eq!(keys.len(), 1);
    assert!(keys[0].open(purpose, &of, &credential).is_err());
    assert!(!during.contains(&credential));

    // After the deadline, or when all is done, there is none.
    for change in [
        "UPDATE erasures SET deadline = requested_at RETURNING id::text",
        "UPDATE outbox SET due_at = created_at WHERE kind = 'erase_part' RETURNING id::text",
    ] {
        assert!(!database.column(change).await.is_empty());
    }
    let is_over = async || scene.report(&erasure).await["state"] != "running";
    patience::until("the erasure is over", is_over).await;
    let after = all_bytes(&database).await;
    assert_eq!(keys_among(&after, &keyring, &contexts).len(), 0);
}
