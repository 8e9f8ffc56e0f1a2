//! `cargo xtask test`: every test, against real servers.
//!
//! Starts PostgreSQL, Redis and Apache httpd, tells the tests where they are
//! through `WHARF_TEST_…`, runs `cargo test` and stops them, however it ends.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::arguments::Arguments;
use crate::process::{Guarded, Stop, guarded};
use crate::service::apache::{self, Apache};
use crate::service::postgres::{self, Postgres};
use crate::service::redis::{self, Redis};
use crate::stage::timed;
use crate::tally::Tally;
use crate::{program, workspace};

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    timed("programs", || {
        let install = arguments.has("--install");
        let servers = [postgres::INITDB, redis::REDIS_SERVER, apache::APACHE2];
        program::demand(&servers, install)
    })?;
    let postgres = timed("start PostgreSQL", Postgres::start)?;
    let redis = timed("start Redis", Redis::start)?;
    let apache = timed("start Apache httpd", Apache::start)?;
    let servers = [
        postgres.environment(),
        redis.environment(),
        apache.environment(),
    ];
    let mut environment = servers.concat();
    if arguments.has("--long") {
        environment.push(("WHARF_LONG", "1".to_owned()));
    }
    let tests = timed("cargo test", || cargo_test(arguments.rest(), environment));
    timed("stop the servers", || {
        drop((postgres, redis, apache));
        Ok(())
    })?;
    println!("tests: {}", tests?);
    Ok(())
}

/// Runs `cargo test`, by default for the whole workspace, doc tests included.
fn cargo_test(
    chosen: &[String],
    environment: Vec<(&'static str, String)>,
) -> anyhow::Result<Tally> {
    let mut cargo = guarded("cargo", Stop::Terminate, None);
    cargo.current_dir(workspace::root());
    cargo.args(["test", "--locked"]).args(chosen);
    if chosen.is_empty() {
        cargo.arg("--workspace");
    }
    cargo.envs(environment).stdout(Stdio::piped());
    let mut tests = Guarded::spawn(&mut cargo)?;
    let mut tally = Tally::default();
    for line in BufReader::new(tests.output()?).lines() {
        let line = line?;
        println!("{line}");
        tally.add(&line);
    }
    let status = tests.wait()?;
    anyhow::ensure!(status.success(), "{tally}; cargo test ended with {status}");
    Ok(tally)
}
