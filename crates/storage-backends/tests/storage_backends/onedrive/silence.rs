//! What is said in the logs while a OneDrive is used, however much is asked for (G-01, L-03).

use std::time::Duration;

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::NameConflict;
use wharf_sandbox::Sandbox;

use super::{CLARA, access_token, open_here, pattern, upload};
use crate::ear::Ear;

// All of it runs on this one thread, so that nothing is said elsewhere.
#[tokio::test]
async fn neither_a_token_nor_a_lent_address_is_told() {
    let sandbox = Sandbox::start();
    let token = access_token(&sandbox, CLARA).await;
    let url = sandbox.microsoft().api_url;
    let drive = open_here(&url, &token, Duration::from_secs(5));
    let ear = Ear::default();
    let hearing = tracing::subscriber::set_default(ear.clone());
    let (root, name) = (ItemId::root(), "new-name.txt".parse().unwrap());
    let content = upload(&pattern(1_000_000), true);
    let written = drive.write(&root, &name, NameConflict::Fail, content).await;
    let item = written.unwrap().item;
    drive.read(&item.id, None).await.unwrap();
    drive.delete(&item.id).await.unwrap();
    drive.metadata(&item.id).await.unwrap_err();
    drop(hearing);
    let heard = ear.heard();
    assert!(!heard.is_empty(), "the connections say something");
    for secret in [&*token, "tempauth", "session=", "new-name"] {
        assert!(!heard.contains(secret), "{heard}");
    }
}
