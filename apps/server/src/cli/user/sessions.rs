//! `wharf user sessions` and `end-sessions`.

use std::io::Write;

use clap::Args;
use serde::Serialize;
use wharf::Wharf;
use wharf::domain::page::PageLimit;

use super::{Named, printed};
use crate::cli::{CliError, operator};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Print one JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct End {
    #[command(flatten)]
    named: Named,
    /// Print the account as a JSON object.
    #[arg(long)]
    json: bool,
}

/// A session as it is printed.
#[derive(Serialize)]
struct Row {
    id: String,
    started_at: String,
    ends_at: String,
}

pub(super) async fn list(
    wharf: &Wharf,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let user = arguments.named.find(wharf).await?;
    if !arguments.json {
        writeln!(out, "{}", line("id", "started", "ends"))?;
    }
    let mut cursor = None;
    loop {
        let sessions = wharf.sessions();
        let page = sessions.list(user.id, PageLimit::default(), cursor).await?;
        for session in page.items {
            let row = Row {
                id: session.id.to_string(),
                started_at: session.started_at.to_string(),
                ends_at: session.ends_at.to_string(),
            };
            if arguments.json {
                writeln!(out, "{}", serde_json::to_string(&row)?)?;
            } else {
                writeln!(out, "{}", line(&row.id, &row.started_at, &row.ends_at))?;
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

pub(super) async fn end(
    wharf: &Wharf,
    arguments: End,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let user = arguments.named.find(wharf).await?;
    let sessions = wharf.sessions();
    sessions.end_all(&operator(wharf), user.id).await?;
    if arguments.json {
        return printed::account(&user, true, out);
    }
    let email = user.email.as_str();
    Ok(writeln!(out, "logged {email} out everywhere")?)
}

fn line(id: &str, started: &str, ends: &str) -> String {
    format!("{id:<36}  {started:<27}  {ends}")
}
