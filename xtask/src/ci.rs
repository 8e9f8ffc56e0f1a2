//! `cargo xtask ci`: every check that is not a test.
//!
//! All stages run even when one fails, so that one run shows all there is to
//! mend.

use crate::arguments::Arguments;
use crate::stage::{self, timed};
use crate::{deny, layers, migrations, openapi, tidy, workspace};

/// A named check.
type Stage<'a> = (&'a str, &'a dyn Fn() -> anyhow::Result<()>);

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let deny = || deny::check(arguments.has("--install"), arguments.has("--advisories"));
    let failed: Vec<&str> = stages(&deny)
        .into_iter()
        .filter_map(|(name, check)| {
            let error = timed(name, check).err()?;
            println!("{error:#}");
            Some(name)
        })
        .collect();
    anyhow::ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

fn stages<'a>(deny: &'a dyn Fn() -> anyhow::Result<()>) -> [Stage<'a>; 8] {
    [
        ("format", &|| cargo(&["fmt", "--all", "--check"])),
        ("clippy", &|| {
            let scope = ["clippy", "--workspace", "--all-targets", "--locked"];
            cargo(&[&scope[..], &["--", "-D", "warnings"]].concat())
        }),
        ("documentation", &documentation),
        ("dependencies", deny),
        ("layers", &layers::check),
        ("tidy", &tidy::check),
        ("migrations", &migrations::check),
        ("openapi", &openapi::check),
    ]
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    stage::run(workspace::cargo().args(arguments))
}

fn documentation() -> anyhow::Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args([
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
    ]);
    stage::run(cargo.arg("--locked").env("RUSTDOCFLAGS", "-Dwarnings"))
}
