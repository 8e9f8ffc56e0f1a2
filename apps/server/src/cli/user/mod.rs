//! `wharf user`: accounts, by the operator. Accounts are named by their mail address.

mod change;
mod create;
mod delete;
mod list;
mod password;
mod printed;
mod sessions;
mod show;

use std::io::{BufRead, Write};

use clap::{Args, Subcommand};
use wharf::Wharf;
use wharf::domain::user::{EmailAddress, User};
use wharf::settings::Settings;

use super::CliError;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make an account.
    Create(create::Arguments),
    /// Print the accounts.
    List(list::Arguments),
    /// Print one account.
    Show(show::Arguments),
    /// Make a user an admin, or an admin a regular user. It ends their sessions.
    SetRole(change::Role),
    /// Set another password. It ends the user's sessions.
    SetPassword(password::Arguments),
    /// Delete an account, and have all erased that its user had.
    Delete(delete::Arguments),
    /// Switch an account off. It ends the user's sessions.
    Disable(change::Switch),
    /// Switch an account on again.
    Enable(change::Switch),
    /// Print where a user is logged in.
    Sessions(sessions::Arguments),
    /// Log a user out everywhere.
    EndSessions(sessions::End),
}

/// The account that is meant.
#[derive(Args, Debug)]
struct Named {
    /// The account's mail address.
    #[arg(value_name = "EMAIL")]
    email: String,
}

impl Named {
    async fn find(&self, wharf: &Wharf) -> Result<User, CliError> {
        let email: EmailAddress = self.email.parse().map_err(CliError::Email)?;
        Ok(wharf.accounts().find_by_email(&email).await?)
    }
}

pub(super) async fn run(
    settings: &Settings,
    verb: Verb,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let wharf = Wharf::start(settings).await?;
    let done = act(settings, &wharf, verb, input, out).await;
    // What the process has taken up in the background is given back, or done.
    wharf.shutdown().await;
    done
}

async fn act(
    settings: &Settings,
    wharf: &Wharf,
    verb: Verb,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<(), CliError> {
    match verb {
        Verb::Create(arguments) => create::run(settings, wharf, arguments, input, out).await,
        Verb::List(arguments) => list::run(wharf, arguments, out).await,
        Verb::Show(arguments) => show::run(wharf, arguments, out).await,
        Verb::SetRole(arguments) => change::role(wharf, arguments, out).await,
        Verb::SetPassword(arguments) => password::run(wharf, arguments, input, out).await,
        Verb::Delete(arguments) => delete::run(wharf, arguments, out).await,
        Verb::Disable(arguments) => change::switch(wharf, arguments, true, out).await,
        Verb::Enable(arguments) => change::switch(wharf, arguments, false, out).await,
        Verb::Sessions(arguments) => sessions::list(wharf, arguments, out).await,
        Verb::EndSessions(arguments) => sessions::end(wharf, arguments, out).await,
    }
}
