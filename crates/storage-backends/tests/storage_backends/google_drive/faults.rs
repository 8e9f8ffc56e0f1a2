//! Google Drive under every fault.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use wharf_sandbox::LoggedRequest;

use super::{access_token, open};
use crate::fault_table::{Rig, Subject, run};

static GOOGLE_DRIVE: Subject = Subject {
    open: fresh,
    opens_session,
    open_uploads: |sandbox| sandbox.open_uploads().len(),
    explains: |_, _| false,
    is_blind_to_pairs: false,
    reads_blindly: false,
    ends_late: false,
};

//
#[test]
fn every_fault_at_every_operation_ends_well() {
    run(&GOOGLE_DRIVE);
}

fn fresh() -> BoxFuture<'static, Rig> {
    async {
        let sandbox = wharf_sandbox::Sandbox::start();
        let token = access_token(&sandbox).await;
        Rig {
            hurried: open(&sandbox, &token, Duration::from_millis(400)),
            patient: open(&sandbox, &token, Duration::from_secs(20)),
            sandbox,
        }
    }
    .boxed()
}

fn opens_session(request: &LoggedRequest) -> bool {
    request.path.starts_with("/upload/") && ["POST", "PATCH"].contains(&&*request.method)
}
