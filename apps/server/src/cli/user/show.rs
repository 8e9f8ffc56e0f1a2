//! `wharf user show`: prints one account.

use std::io::Write;

use clap::Args;
use wharf::Wharf;

use super::{Named, printed};
use crate::cli::CliError;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Print a JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    wharf: &Wharf,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let user = arguments.named.find(wharf).await?;
    if !arguments.json {
        printed::head(out)?;
    }
    printed::account(&user, arguments.json, out)
}
