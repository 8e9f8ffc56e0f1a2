//! Nextcloud under every fault.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageErrorKind as Kind};
use wharf_sandbox::{Fault, Sandbox};

use super::{located, login, open_at, registry, upload};
use crate::fault_table::{Rig, Subject, run};
use crate::support::{lasting, registries_within};

/// What is larger goes in chunks of this size, for the installation recommends it.
const CHUNK_BYTES: u64 = 512 * 1024;

static NEXTCLOUD: Subject = Subject {
    open: fresh,
    // The client names the folder of its chunks, so that it can always be ended.
    opens_session: |_| false,
    open_uploads: |sandbox| sandbox.nextcloud().state().open_uploads.len(),
    explains,
    is_blind_to_pairs: false,
    // Of a content it tells no digest that somebody has compared with the bytes.
    reads_blindly: true,
    ends_late: true,
};

//
#[test]
fn every_fault_at_every_operation_ends_well() {
    run(&NEXTCLOUD);
}

fn fresh() -> BoxFuture<'static, Rig> {
    async {
        let sandbox = Sandbox::start();
        let nextcloud = sandbox.nextcloud();
        nextcloud.set_min_chunk_bytes(CHUNK_BYTES);
        nextcloud.set_max_chunk_bytes(CHUNK_BYTES);
        let access = nextcloud.add_account("cleo@example.com", "Cl\u{e9}o M\u{fc}ller", "a: b");
        let patient = registry(Duration::from_secs(20));
        let login = login(&access.login_name, &access.password);
        let endpoint = located(&patient, &access.url, &login).await.unwrap();
        let storage = open_at(&patient, &endpoint, &access);
        let (top, name) = (ItemId::root(), FIRST.parse().unwrap());
        let first = storage.write(&top, &name, NameConflict::Fail, upload(b"first"));
        first.await.unwrap();
        let _runtime = lasting().enter();
        let registries = registries_within(Duration::from_millis(400));
        Rig {
            hurried: Box::new(move || {
                let storage = open_at(&registries(), &endpoint, &access);
                async move {
                    remember_ability(&*storage).await;
                    storage
                }
                .boxed()
            }),
            patient: storage,
            sandbox: Arc::new(sandbox),
        }
    }
    .boxed()
}

/// A file that is there.
const FIRST: &str = "first.bin";

/// What the installation can do is asked with the first content and remembered, so that every other makes the same
/// requests. This one is of a name that is taken.
async fn remember_ability(storage: &dyn StorageBackend) {
    let (top, name) = (ItemId::root(), FIRST.parse().unwrap());
    for _ in 0..20 {
        let first = storage.write(&top, &name, NameConflict::Fail, upload(b"first"));
        match first.await.map_err(|error| error.kind) {
            Err(Kind::AlreadyExists) => return,
            // On a busy machine every server is a slow one.
            Err(Kind::TimedOut) => {}
            came => panic!("a content of a name that is taken came to {came:?}"),
        }
    }
    panic!("nothing was answered in time");
}

/// A password ends where a token would be renewed; an account that is not where it was, or a multistatus that
/// cannot be read, is no Nextcloud.
fn explains(fault: &Fault, kind: &Kind) -> bool {
    match fault {
        Fault::Answer { status: 401, .. } => *kind == Kind::CredentialRefused,
        Fault::Answer { status: 404, .. } | Fault::FlipSent | Fault::CutSent => {
            *kind == Kind::WrongProtocol
        }
        _ => false,
    }
}
