//! Where the workspace lies and what Cargo says about it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::{json, stage};

/// The workspace's root folder.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// `cargo`, to be run in the root folder.
///
/// What Cargo tells xtask of xtask's own package is kept from it: build scripts watch these variables
/// (ring's does), and would build everything above them anew each time that xtask calls instead of a person.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(tells_of_package) {
            command.env_remove(name);
        }
    }
    command
}

fn tells_of_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// `cargo metadata` of the members alone.
pub(crate) fn metadata() -> anyhow::Result<Value> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--locked", "--format-version=1"])
        .output()
        .context("cargo metadata")?;
    anyhow::ensure!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Where Cargo puts what it builds.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let metadata = metadata()?;
    Ok(PathBuf::from(json::text(&metadata, "/target_directory")?))
}

/// Builds the server and the simulated clouds, and says in which folder they are.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let mut cargo = cargo();
    cargo.args(["build", "--locked", "--bin=wharf", "--bin=wharf-sandbox"]);
    stage::run(cargo.args(["--package=wharf-server", "--package=wharf-sandbox"]))?;
    Ok(target()?.join("debug"))
}
