//! `wharf user create`: makes an account. The password comes by standard input, so that it stands in
//! no process list and no shell history.

use std::io::{BufRead, Read as _, Write};

use clap::Args;
use secrecy::SecretString;
use wharf::Wharf;
use wharf::domain::outside::OutsideSubject;
use wharf::domain::user::{EmailAddress, Role};
use wharf::services::accounts::NewLogin;
use wharf::settings::Settings;

use super::printed;
use crate::cli::{CliError, operator};

/// More than any password may be long; how long it may be is decided elsewhere.
const MAX_LINE_BYTES: u64 = 8 * 1024;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The mail address to log in with.
    #[arg(long)]
    email: String,
    /// What the user may do: `regular` or `admin`.
    #[arg(long)]
    role: Role,
    /// Read the password from the first line of standard input.
    #[arg(long, required_unless_present = "subject", conflicts_with = "subject")]
    password_stdin: bool,
    /// Who the user is at the outside issuer of the settings, which then vouches for them.
    #[arg(long)]
    subject: Option<String>,
    /// Print the account as a JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    settings: &Settings,
    wharf: &Wharf,
    arguments: Arguments,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let email: EmailAddress = arguments.email.parse().map_err(CliError::Email)?;
    let login = match &arguments.subject {
        Some(subject) => {
            let issuer = settings.outside_issuer.url.as_deref();
            let issuer = issuer.ok_or(CliError::NoOutsideIssuer)?;
            let outside = OutsideSubject::new(issuer, subject);
            NewLogin::Outside(outside.map_err(CliError::Subject)?)
        }
        None => NewLogin::Password(first_line(input)?),
    };
    let accounts = wharf.accounts();
    let user = accounts
        .create(&operator(wharf), email, arguments.role, login)
        .await?;
    if arguments.json {
        return printed::account(&user, true, out);
    }
    let (role, email, id) = (user.role, user.email.as_str(), user.id);
    Ok(writeln!(out, "made the {role} user {email} ({id})")?)
}

/// The first line without its end.
pub(super) fn first_line(input: &mut impl BufRead) -> Result<SecretString, CliError> {
    let mut line = String::new();
    let read = input.take(MAX_LINE_BYTES).read_line(&mut line);
    read.map_err(|_| CliError::NoPassword)?;
    while line.ends_with(['\n', '\r']) {
        line.pop();
    }
    if line.is_empty() {
        Err(CliError::NoPassword)
    } else {
        Ok(line.into())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn the_password_is_the_first_line() {
        for input in ["p w ", "p w \n", "p w \r\nmore\n"] {
            let password = first_line(&mut input.as_bytes()).unwrap();
            assert_eq!(password.expose_secret(), "p w ", "{input:?}");
        }
        for input in [&b""[..], b"\n", b"\xff\n"] {
            assert!(matches!(
                first_line(&mut &*input),
                Err(CliError::NoPassword)
            ));
        }
    }
}
