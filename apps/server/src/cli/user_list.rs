//! `wharf user list`: prints the accounts, oldest first.

use std::io::Write;

use clap::Args;
use serde::Serialize;
use wharf::Wharf;
use wharf::domain::page::PageLimit;
use wharf::domain::user::User;
use wharf::settings::Settings;

use super::CliError;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print one JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    settings: &Settings,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let wharf = Wharf::start(settings).await?;
    let mut after = None;
    if !arguments.json {
        writeln!(out, "{}", line("id", "role", "created", "email"))?;
    }
    loop {
        let users = wharf
            .accounts()
            .list(after, PageLimit::default().get())
            .await?;
        let Some(last) = users.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for row in users.iter().map(Row::from) {
            if arguments.json {
                writeln!(out, "{}", serde_json::to_string(&row)?)?;
            } else {
                writeln!(
                    out,
                    "{}",
                    line(&row.id, row.role, &row.created_at, row.email)
                )?;
            }
        }
    }
}

/// An account as it is printed.
#[derive(Serialize)]
struct Row<'a> {
    id: String,
    email: &'a str,
    role: &'static str,
    created_at: String,
}

impl<'a> From<&'a User> for Row<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str(),
            role: user.role.as_str(),
            created_at: user.created_at.to_string(),
        }
    }
}

/// The columns as wide as their widest values; mail addresses, which may be any length, come last.
fn line(id: &str, role: &str, created: &str, email: &str) -> String {
    format!("{id:<36}  {role:<7}  {created:<27}  {email}")
}
