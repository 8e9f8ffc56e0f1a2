//! `wharf user delete`: deletes an account, and waits for the erasure of what its user had, if asked to.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::sleep;
use wharf::Wharf;
use wharf::domain::erasure::{ErasureReport, GrantEnd, PartReport};
use wharf::domain::id::ErasureId;
use wharf::domain::provider::Provider;

use super::Named;
use crate::cli::{CliError, operator};
use crate::routes::Erasure;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Wait until all is erased, and print the receipt. It fails if something had to be left behind.
    #[arg(long)]
    wait: bool,
    /// Print the erasure as a JSON object.
    #[arg(long)]
    json: bool,
}

/// How often it is looked how far the erasure is.
const LOOK: Duration = Duration::from_millis(250);

pub(super) async fn run(
    wharf: &Wharf,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let Arguments { named, wait, json } = arguments;
    let user = named.find(wharf).await?;
    let erasures = wharf.erasures();
    let id = erasures.order(&operator(wharf), user.id).await?;
    let report = if wait {
        ended(wharf, id).await?
    } else {
        erasures.find(id).await?
    };
    let is_incomplete = report.erasure.ended_at.is_some() && !report.is_complete();
    if json {
        let printed = serde_json::to_string(&Erasure::from(report))?;
        writeln!(out, "{printed}")?;
    } else {
        let email = user.email.as_str();
        writeln!(out, "deleted {email}; erasure {id}")?;
        if wait {
            receipt(&report, out)?;
        } else {
            writeln!(out, "what the user had is erased while a server is running")?;
        }
    }
    if is_incomplete {
        return Err(CliError::LeftBehind);
    }
    Ok(())
}

/// The receipt, once there is one.
async fn ended(wharf: &Wharf, id: ErasureId) -> Result<ErasureReport, CliError> {
    let bar = ProgressBar::new(0).with_message("documents");
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} ({elapsed})");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    loop {
        let report = wharf.erasures().find(id).await?;
        let (done, all) = report
            .parts
            .iter()
            .map(counted)
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        bar.set_length(all);
        bar.set_position(done);
        if report.erasure.ended_at.is_some() {
            bar.finish_and_clear();
            return Ok(report);
        }
        sleep(LOOK).await;
    }
}

/// How many documents of a storage are settled, and how many there were.
fn counted(report: &PartReport) -> (u64, u64) {
    let tally = report.part.tally;
    let left: u64 = report.left.iter().map(|(_, count)| count).sum();
    let done = tally.deleted + tally.trashed + tally.missing + left;
    (done, done + report.waiting)
}

fn receipt(report: &ErasureReport, out: &mut impl Write) -> Result<(), CliError> {
    for PartReport { part, left, .. } in &report.parts {
        let storage = part.subject.provider().map_or("house", Provider::as_str);
        let tally = part.tally;
        write!(
            out,
            "{storage}: {} deleted, {} in the bin, {} gone already",
            tally.deleted, tally.trashed, tally.missing
        )?;
        for (why, count) in left {
            write!(out, ", {count} left behind ({})", why.as_str())?;
        }
        match part.grant.map(GrantEnd::as_str) {
            Some(grant) => writeln!(out, "; access {grant}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}
