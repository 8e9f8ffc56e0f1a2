//! `cargo xtask fuzz`: looks for inputs that break what must hold of any input.
//!
//! The targets are those of `fuzz/`. cargo-fuzz runs them on the stable
//! compiler: only sanitizers want another one, and safe code has little use for
//! those. What is found lies in `fuzz/found`, what breaks a target in
//! `fuzz/artifacts`; `fuzz/corpus` is the part that is kept, for the tests.

use std::fs;

use crate::arguments::Arguments;
use crate::program::{self, Program};
use crate::stage::{self, timed};
use crate::workspace;

const TARGETS: [&str; 5] = ["address", "audit_line", "key_file", "record", "url_guard"];

/// How long each target is run unless told otherwise.
const SECONDS: u32 = 60;

/// libFuzzer is C++.
const COMPILER: Program = Program {
    name: "c++",
    package: "g++",
    places: &[],
};

/// What brings cargo-fuzz.
const INSTALL: [&str; 3] = ["install", "cargo-fuzz", "--locked"];

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let targets = chosen(arguments.word())?;
    let seconds = arguments.value().map_or(Ok(SECONDS), str::parse)?;
    let install = arguments.has("--install");
    timed("programs", || {
        program::demand(&[COMPILER], install)?;
        demand_cargo_fuzz(install)
    })?;
    for target in targets {
        timed(target, || fuzz(target, seconds))?;
    }
    Ok(())
}

/// The target of that name, or all of them.
fn chosen(name: Option<&str>) -> anyhow::Result<Vec<&'static str>> {
    let is_chosen = |target: &&str| name.is_none_or(|name| name == *target);
    let targets: Vec<_> = TARGETS.into_iter().filter(is_chosen).collect();
    anyhow::ensure!(
        !targets.is_empty(),
        "there is no such target; there are: {}",
        TARGETS.join(", ")
    );
    Ok(targets)
}

fn demand_cargo_fuzz(install: bool) -> anyhow::Result<()> {
    let is_there = || {
        let version = workspace::cargo().args(["fuzz", "--version"]).output();
        version.is_ok_and(|output| output.status.success())
    };
    if is_there() {
        return Ok(());
    }
    anyhow::ensure!(
        install,
        "missing on this machine: cargo-fuzz\ninstall with:\n\n    cargo {}\n\nor give --install and it is done for you",
        INSTALL.join(" ")
    );
    stage::run(workspace::cargo().args(INSTALL))
}

fn fuzz(target: &str, seconds: u32) -> anyhow::Result<()> {
    let folder = workspace::root().join("fuzz");
    let found = folder.join("found").join(target);
    fs::create_dir_all(&found)?;
    let mut cargo = workspace::cargo();
    cargo.args(["fuzz", "run", "--dev", "--sanitizer=none", target]);
    cargo.arg(found).arg(folder.join("corpus").join(target));
    cargo.args(["--", &format!("-max_total_time={seconds}")]);
    stage::run(&mut cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_target_is_chosen_by_name_and_all_without() {
        assert_eq!(chosen(None).unwrap(), TARGETS);
        assert_eq!(chosen(Some("address")).unwrap(), ["address"]);
        assert!(chosen(Some("adress")).is_err());
    }

    #[test]
    fn every_target_has_a_corpus_and_is_built() {
        let folder = workspace::root().join("fuzz");
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        for target in TARGETS {
            assert!(folder.join("corpus").join(target).is_dir(), "{target}");
            assert!(manifest.contains(&format!("name = \"{target}\"")));
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
    }
}
