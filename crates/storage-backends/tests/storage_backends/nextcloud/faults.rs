//! Nextcloud under every fault.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use wharf_sandbox::LoggedRequest;

use super::open;
use crate::fault_table::{Rig, Subject, run};

static NEXTCLOUD: Subject = Subject {
    open: fresh,
    opens_session,
};

//
#[test]
fn every_fault_at_every_operation_ends_well() {
    run(&NEXTCLOUD);
}

fn fresh() -> BoxFuture<'static, Rig> {
    async {
        let sandbox = wharf_sandbox::Sandbox::start();
        let access = sandbox
            .nextcloud()
            .add_account("cleo", "Cl\u{e9}o M\u{fc}ller", "a: b");
        Rig {
            hurried: open(&access.url, &access, Duration::from_millis(400)).await,
            patient: open(&access.url, &access, Duration::from_secs(20)).await,
            sandbox,
        }
    }
    .boxed()
}

/// Its folder has a name that we chose, so that one whose answer is lost is cleared away too.
fn opens_session(_: &LoggedRequest) -> bool {
    false
}
