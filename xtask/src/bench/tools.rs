//! The clients that measure: curl for one transfer, wrk for many requests.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;

use crate::program::Program;

pub(super) const CURL: Program = Program {
    name: "curl",
    package: "curl",
    places: &[],
};

pub(super) const WRK: Program = Program {
    name: "wrk",
    package: "wrk",
    places: &[],
};

/// How many clients ask at once.
const CLIENTS: &str = "64";

/// curl, silent, with an answer's body thrown away.
pub(super) fn curl() -> Command {
    let mut curl = Command::new(CURL.name);
    curl.args(["--silent", "--show-error", "--noproxy", "*"]);
    curl.args(["--output", "/dev/null"]);
    curl.stdin(Stdio::null());
    curl
}

/// Runs one transfer and gives the seconds it took; a refusal is a failure.
pub(super) fn seconds(mut curl: Command) -> anyhow::Result<f64> {
    curl.args(["--fail", "--write-out", "%{time_total}"]);
    let output = curl.output().context("curl")?;
    anyhow::ensure!(
        output.status.success(),
        "curl ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(str::from_utf8(&output.stdout)?.trim().parse()?)
}

/// Asks for five seconds as fast as the answers come; the requests a second.
pub(super) fn requests_per_second(url: &str, headers: &[String]) -> anyhow::Result<f64> {
    rate(wrk(headers).arg(url))
}

/// The same with requests that this script of wrk's makes.
pub(super) fn changes_per_second(
    url: &str,
    headers: &[String],
    script: &Path,
) -> anyhow::Result<f64> {
    rate(wrk(headers).arg("--script").arg(script).arg(url))
}

fn wrk(headers: &[String]) -> Command {
    let mut wrk = Command::new(WRK.name);
    wrk.args([
        "--threads",
        "2",
        "--connections",
        CLIENTS,
        "--duration",
        "5s",
    ]);
    for header in headers {
        wrk.args(["--header", header]);
    }
    wrk
}

fn rate(wrk: &mut Command) -> anyhow::Result<f64> {
    let output = wrk.output().context("wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    anyhow::ensure!(
        output.status.success() && !text.contains("Non-2xx"),
        "wrk had refusals:\n{text}"
    );
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    Ok(rate.context("wrk told no rate")?.trim().parse()?)
}
