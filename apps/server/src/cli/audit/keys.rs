//! `wharf audit keys`: prints the public keys of checkpoints, for whoever checks an export.

use std::io::Write;

use wharf::Wharf;
use wharf::settings::Settings;

use crate::cli::CliError;

pub(super) fn run(settings: &Settings, out: &mut impl Write) -> Result<(), CliError> {
    for key in Wharf::checkpoint_keys(settings)? {
        writeln!(out, "{key}")?;
    }
    Ok(())
}
