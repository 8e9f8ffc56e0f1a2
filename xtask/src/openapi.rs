//! The OpenAPI description: made by the server from its handlers, committed
//! as `docs/openapi.json` so that a change of the interface shows in a review.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::arguments::Arguments;
use crate::workspace;

/// Writes the committed description anew.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<()> {
    let file = file();
    fs::write(&file, generated()?)?;
    println!("wrote {}", file.display());
    Ok(())
}

/// Fails when the committed description is not the handlers'.
pub(crate) fn check() -> anyhow::Result<()> {
    let committed = fs::read(file()).context("docs/openapi.json cannot be read")?;
    anyhow::ensure!(
        committed == generated()?,
        "docs/openapi.json is not what the handlers say; refresh it with: cargo xtask openapi"
    );
    Ok(())
}

fn file() -> PathBuf {
    workspace::root().join("docs/openapi.json")
}

fn generated() -> anyhow::Result<Vec<u8>> {
    let mut server = workspace::cargo();
    server.args(["run", "--quiet", "--locked", "--package=wharf-server"]);
    let output = server
        .args(["--bin=wharf", "--", "openapi"])
        .output()
        .context("cannot start cargo")?;
    anyhow::ensure!(
        output.status.success(),
        "wharf openapi failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}
