//! The storage suite against servers that others wrote.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::python::Environment;
use super::verdicts::{Exception, Verdicts};
use crate::process::{Guarded, Stop, guarded};
use crate::service::rclone::Rclone;
use crate::service::sandbox::WebDavAccount;
use crate::service::wsgidav::Wsgidav;
use crate::{stage, workspace};

/// What a server cannot do, and why it is the server.
const EXCEPTIONS: &str = "interop/exceptions.tsv";

/// Fails with every case that went otherwise than expected.
pub(super) fn check(programs: &Environment) -> anyhow::Result<()> {
    let wsgidav = Wsgidav::start(&programs.program("wsgidav"))?;
    let rclone = Rclone::start(&programs.program("rclone"))?;
    let accounts = [("WSGIDAV", &wsgidav.account), ("RCLONE", &rclone.account)];
    let verdicts = run_suite(&accounts)?;
    println!("storage conformance: {verdicts}");
    let list = fs::read_to_string(workspace::root().join(EXCEPTIONS))?;
    stage::demand_none(&verdicts.findings(&Exception::list(&list)?))
}

fn run_suite(accounts: &[(&str, &WebDavAccount)]) -> anyhow::Result<Verdicts> {
    let mut cargo = guarded("cargo", Stop::Terminate, None);
    cargo.current_dir(workspace::root());
    cargo.args(["test", "--locked", "--package=wharf-storage-backends"]);
    cargo.args(["--features=interop", "--test=interop"]);
    for (name, account) in accounts {
        cargo.env(format!("WHARF_TEST_{name}_URL"), &account.url);
        cargo.env(format!("WHARF_TEST_{name}_USERNAME"), &account.username);
        cargo.env(format!("WHARF_TEST_{name}_PASSWORD"), &account.password);
    }
    cargo.stdout(Stdio::piped());
    let mut tests = Guarded::spawn(&mut cargo)?;
    let mut verdicts = Verdicts::default();
    for line in BufReader::new(tests.output()?).lines() {
        let line = line?;
        println!("{line}");
        verdicts.add(&line);
    }
    let status = tests.wait()?;
    anyhow::ensure!(
        verdicts.are_complete(),
        "the suite did not run to its end; cargo test ended with {status}"
    );
    Ok(verdicts)
}
