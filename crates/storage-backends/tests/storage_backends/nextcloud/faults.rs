//! Nextcloud under every fault.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{NameConflict, StorageErrorKind as Kind};
use wharf_sandbox::{Fault, Sandbox};

use super::{open, upload};
use crate::fault_table::{Rig, Subject, run};

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
        let hurried = open(&access.url, &access, Duration::from_millis(400)).await;
        // What the installation can do is asked with the first content and remembered, so that every
        // other makes the same requests.
        let (top, name) = (ItemId::root(), "first.bin".parse().unwrap());
        let first = hurried.write(&top, &name, NameConflict::Fail, upload(b"first"));
        first.await.unwrap();
        Rig {
            hurried,
            patient: open(&access.url, &access, Duration::from_secs(20)).await,
            sandbox,
        }
    }
    .boxed()
}

/// A password ends where a token would be renewed; an account that is not where it was, or a multistatus that
/// cannot be read, is no Nextcloud.
fn explains(fault: &Fault, kind: &Kind) -> bool {
    match fault {
        Fault::Answer { status: 401, .. } => *kind == Kind::CredentialRefused,
        Fault::Answer { status: 404, .. } | Fault::FlipSent | Fault::CutSent => *kind == Kind::WrongProtocol,
        _ => false,
    }
}
