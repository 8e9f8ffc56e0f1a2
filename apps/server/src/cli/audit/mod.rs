//! `wharf audit`: the audit trail, for the operator and for whoever was given an export.

mod export;
mod keys;
mod offline;
mod printed;
mod verify;

use std::io::Write;

use clap::Subcommand;
use wharf::settings::Settings;

use super::CliError;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Check the trail, or an export of it, and print what was found. Fails if anything is wrong.
    Verify(verify::Arguments),
    /// Print the whole trail, one JSON object a line. What is personal in it stays sealed.
    Export,
    /// Print the public keys that checkpoints are checked with, the one that signs first.
    Keys,
}

impl Verb {
    /// What needs neither settings nor a database, so that anybody can do it anywhere.
    pub(super) fn is_offline(&self) -> bool {
        matches!(self, Self::Verify(arguments) if arguments.is_offline())
    }
}

/// Checks an export.
pub(super) fn run_offline(verb: Verb, out: &mut impl Write) -> Result<(), CliError> {
    match verb {
        Verb::Verify(arguments) => offline::run(&arguments, out),
        Verb::Export | Verb::Keys => Ok(()),
    }
}

pub(super) async fn run(
    settings: &Settings,
    verb: Verb,
    out: &mut impl Write,
) -> Result<(), CliError> {
    match verb {
        Verb::Verify(arguments) => verify::run(settings, arguments, out).await,
        Verb::Export => export::run(settings, out).await,
        Verb::Keys => keys::run(settings, out),
    }
}
