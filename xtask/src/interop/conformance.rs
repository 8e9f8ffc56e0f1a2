//! The storage suite against servers that others wrote.

use std::fs;

use super::python::Environment;
use super::suite;
use super::verdicts::Exception;
use crate::service::rclone::Rclone;
use crate::service::wsgidav::Wsgidav;
use crate::{stage, workspace};

/// What a server cannot do, and why it is the server.
const EXCEPTIONS: &str = "interop/exceptions.tsv";

/// Fails with every case that went otherwise than expected.
pub(super) fn check(programs: &Environment) -> anyhow::Result<()> {
    let wsgidav = Wsgidav::start(&programs.program("wsgidav"))?;
    let rclone = Rclone::start(&programs.program("rclone"))?;
    let accounts = [("WSGIDAV", &wsgidav.account), ("RCLONE", &rclone.account)];
    let settings = accounts.iter().flat_map(|(name, account)| {
        [
            (format!("{name}_URL"), account.url.as_str()),
            (format!("{name}_USERNAME"), &account.username),
            (format!("{name}_PASSWORD"), &account.password),
        ]
    });
    let settings: Vec<_> = settings.collect();
    let verdicts = suite::run("wharf-storage-backends", &settings)?;
    println!("storage conformance: {verdicts}");
    let list = fs::read_to_string(workspace::root().join(EXCEPTIONS))?;
    stage::demand_none(&verdicts.findings(&Exception::list(&list)?))
}
