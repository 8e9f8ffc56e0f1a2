//! `wharf user list`: prints the accounts, oldest first.

use std::io::Write;

use clap::Args;
use wharf::Wharf;
use wharf::domain::page::PageLimit;
use wharf::domain::ports::users::UserFilter;
use wharf::domain::user::Role;

use super::printed;
use crate::cli::CliError;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Those that may do this: `regular` or `admin`.
    #[arg(long)]
    role: Option<Role>,
    /// Those that are switched off (`true`), or those that are not (`false`).
    #[arg(long)]
    disabled: Option<bool>,
    /// Those whose mail address holds this.
    #[arg(long)]
    email: Option<String>,
    /// Print one JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    wharf: &Wharf,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let filter = UserFilter {
        role: arguments.role,
        disabled: arguments.disabled,
        email: arguments.email.map(|email| email.to_lowercase()),
    };
    if !arguments.json {
        printed::head(out)?;
    }
    let mut cursor = None;
    loop {
        let page = wharf
            .accounts()
            .list(&filter, PageLimit::default(), cursor)
            .await?;
        for user in &page.items {
            printed::account(user, arguments.json, out)?;
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}
