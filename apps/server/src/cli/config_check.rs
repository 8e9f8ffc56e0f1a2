//! `wharf config check`: prints the effective settings. That they could be read was the check.

use std::io::Write;

use wharf::settings::Settings;

use super::CliError;

pub(super) fn run(settings: &Settings, out: &mut impl Write) -> Result<(), CliError> {
    Ok(write!(out, "{settings}")?)
}
