//! `cargo xtask test`: every test, against real servers.
//!
//! Starts PostgreSQL and Apache httpd, tells the tests where they are through
//! `WHARF_TEST_…`, runs `cargo test` and stops both, however it ends.

use crate::arguments::Arguments;
use crate::process::{Guarded, Stop, guarded};
use crate::service::apache::{self, Apache};
use crate::service::postgres::{self, Postgres};
use crate::stage::timed;
use crate::{program, workspace};

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    timed("programs", || {
        let install = arguments.has("--install");
        program::demand(&[postgres::INITDB, apache::APACHE2], install)
    })?;
    let postgres = timed("start PostgreSQL", Postgres::start)?;
    let apache = timed("start Apache httpd", Apache::start)?;
    let result = timed("cargo test", || {
        let servers = [postgres.environment(), apache.environment()].concat();
        cargo_test(arguments.rest(), servers)
    });
    timed("stop the servers", || {
        drop((postgres, apache));
        Ok(())
    })?;
    result
}

/// Runs `cargo test`, by default for the whole workspace, doc tests included.
fn cargo_test(chosen: &[String], environment: Vec<(&'static str, String)>) -> anyhow::Result<()> {
    let mut cargo = guarded("cargo", Stop::Terminate, None);
    cargo
        .current_dir(workspace::root())
        .args(["test", "--locked"]);
    if chosen.is_empty() {
        cargo.arg("--workspace");
    }
    cargo.args(chosen).envs(environment);
    let status = Guarded::spawn(&mut cargo)?.wait()?;
    anyhow::ensure!(status.success(), "cargo test ended with {status}");
    Ok(())
}
