//! The storage suite against servers that others wrote.

use std::fs;

use super::suite;
use super::verdicts::Exception;
use crate::python::Environment;
use crate::service::rclone::Rclone;
use crate::service::s3::{BUCKET, S3};
use crate::service::wsgidav::Wsgidav;
use crate::{stage, workspace};

/// What a server cannot do, and why it is the server.
const EXCEPTIONS: &str = "interop/exceptions.tsv";

/// Fails with every case that went otherwise than expected.
pub(super) fn check(programs: &Environment) -> anyhow::Result<()> {
    let wsgidav = Wsgidav::start(&programs.program("wsgidav"))?;
    let rclone = Rclone::start(&programs.program("rclone"))?;
    let accounts = [("WSGIDAV", &wsgidav.account), ("RCLONE", &rclone.account)];
    let moto = S3::moto(&programs.program("moto_server"))?;
    let rclone_s3 = S3::rclone(&programs.program("rclone"))?;
    let buckets = [("MOTO", &moto), ("RCLONE_S3", &rclone_s3)];
    let settings = accounts.iter().flat_map(|(name, account)| {
        [
            (format!("{name}_URL"), account.url.as_str()),
            (format!("{name}_USERNAME"), &account.username),
            (format!("{name}_PASSWORD"), &account.password),
        ]
    });
    let buckets = buckets.iter().flat_map(|(name, server)| {
        [
            (format!("{name}_ENDPOINT"), server.endpoint.as_str()),
            (format!("{name}_BUCKET"), BUCKET),
            (format!("{name}_KEY_ID"), &server.key_id),
            (format!("{name}_KEY"), &server.key),
        ]
    });
    let settings: Vec<_> = settings.chain(buckets).collect();
    let verdicts = suite::run("wharf-storage-backends", &settings)?;
    println!("storage conformance: {verdicts}");
    let list = fs::read_to_string(workspace::root().join(EXCEPTIONS))?;
    stage::demand_none(&verdicts.findings(&Exception::list(&list)?))
}
