//! How accounts are printed: a line of a table, or a JSON object a line.

use std::io::Write;

use serde::Serialize;
use wharf::domain::user::User;

use crate::cli::CliError;

/// An account as it is printed.
#[derive(Serialize)]
struct Row<'a> {
    id: String,
    email: &'a str,
    role: &'static str,
    disabled_at: Option<String>,
    subject: Option<&'a str>,
    created_at: String,
}

impl<'a> From<&'a User> for Row<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str(),
            role: user.role.as_str(),
            disabled_at: user.disabled_at.map(|at| at.to_string()),
            subject: user.outside.as_ref().map(|outside| outside.subject()),
            created_at: user.created_at.to_string(),
        }
    }
}

pub(super) fn head(out: &mut impl Write) -> Result<(), CliError> {
    Ok(writeln!(
        out,
        "{}",
        line(["id", "role", "state", "login", "created", "email"])
    )?)
}

pub(super) fn account(user: &User, as_json: bool, out: &mut impl Write) -> Result<(), CliError> {
    let row = Row::from(user);
    if as_json {
        return Ok(writeln!(out, "{}", serde_json::to_string(&row)?)?);
    }
    let state = if row.disabled_at.is_some() {
        "disabled"
    } else {
        "on"
    };
    let login = if row.subject.is_some() {
        "outside"
    } else {
        "password"
    };
    let cells = [&row.id, row.role, state, login, &row.created_at, row.email];
    Ok(writeln!(out, "{}", line(cells))?)
}

/// The columns as wide as their widest values; mail addresses, which may be any length, come last.
fn line([id, role, state, login, created, email]: [&str; 6]) -> String {
    format!("{id:<36}  {role:<7}  {state:<8}  {login:<8}  {created:<27}  {email}")
}
