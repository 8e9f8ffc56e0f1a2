//! `wharf migrate`: brings the database up to date, which `serve` does too.

use std::io::Write;

use wharf::Wharf;
use wharf::settings::Settings;

use super::CliError;

pub(super) async fn run(settings: &Settings, out: &mut impl Write) -> Result<(), CliError> {
    Wharf::migrate(settings).await?;
    Ok(writeln!(out, "the database is up to date")?)
}
