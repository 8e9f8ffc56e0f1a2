//! The log: lines on standard error, for people or for machines, redacted on their way.

use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use wharf::settings::{LogFormat, Settings};

use crate::redaction::RedactedErrors;

/// Starts the log. It can be started once in a process; a second start changes nothing.
///
/// # Errors
/// If the filter in the settings cannot be read.
pub fn start(settings: &Settings) -> Result<(), ParseError> {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&settings.log)?)
        .with_writer(RedactedErrors);
    let started = match settings.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    if started.is_ok() {
        panic::set_hook(Box::new(log_panic));
    }
    Ok(())
}

/// Says where it was and not what: the message may hold anything (G-04).
fn log_panic(panicked: &panic::PanicHookInfo<'_>) {
    let location = panicked.location().map(ToString::to_string);
    tracing::error!(
        location = location.as_deref().unwrap_or("unknown"),
        "panicked"
    );
}
