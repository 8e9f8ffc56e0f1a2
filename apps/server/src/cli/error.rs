//! Why a command was not carried out, for whoever typed it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::filter::ParseError;
use wharf::domain::text::InvalidText;
use wharf::services::error::ServiceError;
use wharf::services::operator_keys::KeysError;
use wharf::{SettingsError, StartError};

/// Why a command was not carried out. No message holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The setting `log` cannot be used.
    #[error("the setting `log` cannot be used")]
    Log(#[from] ParseError),
    /// Wharf cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Serving ended by itself.
    #[error("the server failed")]
    Serve(#[source] io::Error),
    /// Whoever stopped the server would not wait for the requests that were under way.
    #[error("stopped before all requests had ended")]
    Hurried,
    /// Work that outlives its request did not end in time.
    #[error("stopped with work unfinished after {} s", .0.as_secs())]
    Unfinished(Duration),
    /// What was typed is no mail address.
    #[error("the mail address {0}")]
    Email(InvalidText),
    /// What was typed is no subject of an issuer.
    #[error("the subject {0}")]
    Subject(InvalidText),
    /// A subject belongs to an issuer.
    #[error("the settings name no outside_issuer.url, to which a subject would belong")]
    NoOutsideIssuer,
    /// There was no password on standard input.
    #[error("no password on standard input: it must be one line of UTF-8")]
    NoPassword,
    /// It was refused.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// What was typed is no key's id.
    #[error("a key's id is 32 lower-case hexadecimal digits; `wharf keys list` prints them")]
    KeyId,
    /// The keys stay as they are.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Rules refuse some of the addresses that were asked about.
    #[error("{blocked} of {asked} addresses are blocked")]
    AddressesBlocked {
        /// How many are refused.
        blocked: usize,
        /// How many were asked about.
        asked: usize,
    },
    /// A file that was named cannot be read.
    #[error("the file {} cannot be read", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line of a file of checkpoints is none.
    #[error("line {line} of {} is no checkpoint", path.display())]
    NoCheckpoint {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
    },
    /// A file of public keys has something else in it, or nothing.
    #[error("{} holds no public keys, one a line: ed25519:…", path.display())]
    NoPublicKey {
        /// The file.
        path: PathBuf,
    },
    /// The audit trail is not what it was.
    #[error("the audit trail is not sound")]
    Unsound,
    /// A line of standard input is no text.
    #[error("standard input is not UTF-8")]
    NotText,
    /// The account is gone, but not all that its user had.
    #[error("the account is deleted, but not everything could be erased")]
    LeftBehind,
    /// The answer could not be written, or the input not be read.
    #[error("cannot read the input or write the answer")]
    Terminal(#[from] io::Error),
    /// The answer could not be written as JSON.
    #[error("cannot write the answer as JSON")]
    Json(#[from] serde_json::Error),
}
