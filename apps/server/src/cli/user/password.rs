//! `wharf user set-password`: another password, by standard input.

use std::io::{BufRead, Write};

use clap::Args;
use wharf::Wharf;
use wharf::services::accounts::AccountPatch;

use super::Named;
use super::change::change;
use super::create::first_line;
use crate::cli::CliError;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Read the password from the first line of standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
    /// Print the account as a JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    wharf: &Wharf,
    arguments: Arguments,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let patch = AccountPatch {
        password: Some(first_line(input)?),
        ..AccountPatch::default()
    };
    change(wharf, &arguments.named, patch, arguments.json, out).await
}
