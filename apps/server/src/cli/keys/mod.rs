//! `wharf keys`: the operator's keys. They work without anything else of Wharf, so that they are there when a
//! server does not start for the keys' sake.

mod list;
mod retire;
mod rotate;

use std::io::Write;

use clap::Subcommand;
use wharf::Wharf;
use wharf::domain::context::{Actor, Context, RequestId};
use wharf::services::operator_keys::OperatorKeys;
use wharf::settings::Settings;

use super::CliError;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Print the keys, one a line: id, state, when it was made, and how many records it wrapped.
    List,
    /// Have another key take the place of the primary one, while servers go on; or bring that to its end.
    Rotate(rotate::Arguments),
    /// Take a key out of use that nobody needs any more.
    Retire(retire::Arguments),
}

pub(super) async fn run(
    settings: &Settings,
    verb: Verb,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let keys = Wharf::open_keys(settings).await?;
    match verb {
        Verb::List => list::run(&keys, out).await,
        Verb::Rotate(arguments) => rotate::run(&keys, &arguments, out).await,
        Verb::Retire(arguments) => retire::run(&keys, &arguments, out).await,
    }
}

/// The context of what the operator does to the keys.
fn operator(keys: &OperatorKeys) -> Context {
    Context {
        actor: Actor::Operator,
        request: RequestId(keys.environment().random_bytes()),
        client: None,
    }
}
