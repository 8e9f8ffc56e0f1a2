//! The operator's keys: servers that go on while they change, and starts that are refused.

mod copies;
mod refused;
mod rotation;
mod source;

use std::process::Output;

use crate::support::process::Process;

/// What `wharf keys …` prints that succeeds.
#[track_caller]
fn accepted(process: &Process, arguments: &[&str]) -> String {
    let output = keys(process, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What `wharf keys …` says on standard error that is refused.
#[track_caller]
fn refused(process: &Process, arguments: &[&str]) -> String {
    let output = keys(process, arguments);
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn keys(process: &Process, arguments: &[&str]) -> Output {
    process.command(&[&["keys"], arguments].concat(), "")
}

/// The rows of `wharf keys list`: id, state, when it was made, records.
fn list(process: &Process) -> Vec<[String; 4]> {
    let printed = accepted(process, &["list"]);
    let row = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
    printed
        .lines()
        .map(|line| row(line).try_into().unwrap())
        .collect()
}
