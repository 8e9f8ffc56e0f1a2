//! `wharf keys retire`: takes a key out of use.

use std::io::Write;

use clap::Args;
use wharf::services::operator_keys::OperatorKeys;

use super::operator;
use crate::cli::CliError;

#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// The key's id, as `wharf keys list` prints it.
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) async fn run(
    keys: &OperatorKeys,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let id = arguments.id.parse().map_err(|_| CliError::KeyId)?;
    keys.retire(&operator(keys), id).await?;
    Ok(writeln!(out, "{id} is retired")?)
}
