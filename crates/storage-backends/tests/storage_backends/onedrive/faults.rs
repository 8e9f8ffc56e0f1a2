//! OneDrive under every fault.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use wharf_sandbox::{LoggedRequest, Sandbox};

use super::{BEN, access_token, open};
use crate::fault_table::{Rig, Subject, run};

static ONEDRIVE: Subject = Subject {
    open: fresh,
    opens_session,
    open_uploads: |sandbox| sandbox.open_uploads().len(),
    explains: |_, _| false,
    // QuickXorHash adds bytes up without carrying, and all fragments begin at the same one of its places.
    is_blind_to_pairs: true,
    reads_blindly: false,
    ends_late: false,
};

//
#[test]
fn every_fault_at_every_operation_ends_well() {
    run(&ONEDRIVE);
}

fn fresh() -> BoxFuture<'static, Rig> {
    async {
        let sandbox = Sandbox::start();
        let token = access_token(&sandbox, BEN).await;
        Rig {
            hurried: open(&sandbox, &token, Duration::from_millis(400)),
            patient: open(&sandbox, &token, Duration::from_secs(20)),
            sandbox,
        }
    }
    .boxed()
}

fn opens_session(request: &LoggedRequest) -> bool {
    request.path.ends_with("/createUploadSession")
}
