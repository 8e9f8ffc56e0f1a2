//! A crate's tests against servers that others wrote: its test program
//! `interop`, which is told by the environment where they are.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::verdicts::Verdicts;
use crate::process::{Guarded, Stop, guarded};
use crate::workspace;

/// Runs the package's program with `WHARF_TEST_` and each name set to its value.
pub(super) fn run(package: &str, settings: &[(String, &str)]) -> anyhow::Result<Verdicts> {
    let mut cargo = guarded("cargo", Stop::Terminate, None);
    cargo.current_dir(workspace::root());
    cargo.args(["test", "--locked", "--package", package]);
    cargo.args(["--features=interop", "--test=interop"]);
    for (name, value) in settings {
        cargo.env(format!("WHARF_TEST_{name}"), value);
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
