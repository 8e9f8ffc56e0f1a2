//! OneDrive under every fault.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use wharf_sandbox::{LoggedRequest, Sandbox};

use super::{BEN, access_token, open, open_in};
use crate::fault_table::{Rig, Subject, run};
use crate::support::{lasting, registries_within};

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
        let sandbox = Arc::new(Sandbox::start());
        let token = access_token(&sandbox, BEN).await;
        let _runtime = lasting().enter();
        let registries = registries_within(Duration::from_millis(400));
        let (url, own) = (sandbox.microsoft().api_url, token.clone());
        Rig {
            hurried: Box::new(move || ready(open_in(&registries(), &url, &own)).boxed()),
            patient: open(&sandbox, &token, Duration::from_secs(20)),
            sandbox,
        }
    }
    .boxed()
}

fn opens_session(request: &LoggedRequest) -> bool {
    request.path.ends_with("/createUploadSession")
}
