//! `wharf user set-role`, `disable` and `enable`.

use std::io::Write;

use clap::Args;
use wharf::Wharf;
use wharf::domain::user;
use wharf::services::accounts::AccountPatch;

use super::{Named, printed};
use crate::cli::{CliError, operator};

#[derive(Debug, Args)]
pub(in crate::cli) struct Role {
    #[command(flatten)]
    named: Named,
    /// What the user may do: `regular` or `admin`.
    role: user::Role,
    /// Print the account as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Switch {
    #[command(flatten)]
    named: Named,
    /// Print the account as a JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn role(
    wharf: &Wharf,
    arguments: Role,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let Role { named, role, json } = arguments;
    let patch = AccountPatch {
        role: Some(role),
        ..AccountPatch::default()
    };
    change(wharf, &named, patch, json, out).await
}

pub(super) async fn switch(
    wharf: &Wharf,
    arguments: Switch,
    disabled: bool,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let Switch { named, json } = arguments;
    let patch = AccountPatch {
        disabled: Some(disabled),
        ..AccountPatch::default()
    };
    change(wharf, &named, patch, json, out).await
}

/// Changes the account and prints it as it is then.
pub(super) async fn change(
    wharf: &Wharf,
    named: &Named,
    patch: AccountPatch,
    json: bool,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let user = named.find(wharf).await?;
    let accounts = wharf.accounts();
    let user = accounts.change(&operator(wharf), user.id, patch).await?;
    if !json {
        printed::head(out)?;
    }
    printed::account(&user, json, out)
}
