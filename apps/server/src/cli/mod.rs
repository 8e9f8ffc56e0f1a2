//! The command line. Answers go to standard output, everything else to standard error.

mod audit;
mod config_check;
mod egress_explain;
mod error;
mod keys;
mod migrate;
mod openapi;
mod serve;
mod user;

use std::io::{stdin, stdout};
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use wharf::Wharf;
use wharf::domain::context::{Actor, Context};
use wharf::settings::Settings;

pub use self::error::CliError;
use crate::{memory, telemetry};

/// Lets the users of an application bring their own cloud storage.
#[derive(Debug, Parser)]
#[command(name = "wharf", version)]
struct Cli {
    /// The settings file (TOML). Every key can also be set as an environment variable `WHARF_…`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve requests until told to stop; the first start makes the data folder.
    Serve,
    /// Bring the database up to date.
    Migrate,
    /// Settings.
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Accounts.
    #[command(subcommand)]
    User(user::Verb),
    /// The operator's keys.
    #[command(subcommand)]
    Keys(keys::Verb),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Outgoing connections.
    #[command(subcommand)]
    Egress(EgressVerb),
    /// Print the OpenAPI description.
    Openapi,
}

#[derive(Debug, Subcommand)]
enum EgressVerb {
    /// Print what the rules say of addresses that users might type. Connects to nothing.
    Explain(egress_explain::Arguments),
}

#[derive(Debug, Subcommand)]
enum ConfigVerb {
    /// Print the effective settings without secrets, or what is wrong with them.
    Check,
}

/// Does what the command line says.
///
/// # Errors
/// Why it was not done.
pub async fn run() -> Result<(), CliError> {
    // Before anything secret is read.
    let private = memory::keep_private();
    let Cli { config, verb } = Cli::parse();
    let out = &mut stdout();
    if let Verb::Openapi = verb {
        return openapi::run(out);
    }
    let verb = match verb {
        Verb::Audit(verb) if verb.is_offline() => return audit::run_offline(verb, out),
        verb => verb,
    };
    let settings = Settings::load(config.as_deref())?;
    telemetry::start(&settings)?;
    if let Err(error) = private {
        tracing::warn!(%error, "core dumps could not be switched off");
    }
    match verb {
        Verb::Serve => serve::run(&settings, config.as_deref(), out).await,
        Verb::Migrate => migrate::run(&settings, out).await,
        Verb::Config(ConfigVerb::Check) => config_check::run(&settings, out),
        Verb::User(verb) => user::run(&settings, verb, &mut stdin().lock(), out).await,
        Verb::Keys(verb) => keys::run(&settings, verb, out).await,
        Verb::Audit(verb) => audit::run(&settings, verb, out).await,
        Verb::Egress(EgressVerb::Explain(arguments)) => {
            egress_explain::run(&settings, arguments, &mut stdin().lock(), out).await
        }
        Verb::Openapi => openapi::run(out),
    }
}

/// The context of what the operator does at the command line.
fn operator(wharf: &Wharf) -> Context {
    Context {
        actor: Actor::Operator,
        request: wharf.new_request_id(),
        client: None,
    }
}
