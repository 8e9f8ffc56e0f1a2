//! The operator's keys: where they come from, and that they are the right ones before anything is served.

use std::sync::Arc;

use wharf_crypto::{
    KeyFile, KeyProvider, KeyText, KeyringError, KeyringFault, LiveKeyring, Origin,
};
use wharf_domain::environment::Environment;
use wharf_domain::ports::operator_keys::OperatorKeys as _;
use wharf_persistence::Database;
use wharf_services::operator_keys::{KeysError, OperatorKeys};

use super::StartError;
use crate::settings::Settings;

/// The setting that holds a key file's text, as an operator knows it.
const TEXT: &str = "WHARF_KEYRING_TEXT";

/// Reads the keys, or makes the file of them for a database that needs none yet.
pub(super) async fn open(
    settings: &Settings,
    database: &Database,
    environment: &Environment,
) -> Result<LiveKeyring, StartError> {
    let provider: Box<dyn KeyProvider> = match &settings.keyring_text {
        Some(text) => Box::new(KeyText::new(TEXT, text.clone())),
        None => Box::new(open_file(settings, database, environment).await?),
    };
    Ok(LiveKeyring::open(provider)?)
}

/// Reads the keys and makes none.
pub(super) fn read(settings: &Settings) -> Result<LiveKeyring, StartError> {
    let provider: Box<dyn KeyProvider> = match &settings.keyring_text {
        Some(text) => Box::new(KeyText::new(TEXT, text.clone())),
        None => Box::new(KeyFile::at(settings.keyring_file())),
    };
    Ok(LiveKeyring::open(provider)?)
}

async fn open_file(
    settings: &Settings,
    database: &Database,
    environment: &Environment,
) -> Result<KeyFile, StartError> {
    let file = KeyFile::at(settings.keyring_file());
    // New keys would open nothing of what is there, and hide that the right ones are missing (K-07).
    let is_missing = matches!(
        file.load(),
        Err(KeyringError {
            fault: KeyringFault::Missing,
            ..
        })
    );
    if is_missing {
        let ids = database.in_use().await.map_err(KeysError::from)?;
        if !ids.is_empty() {
            let place = file.place();
            return Err(KeysError::Missing { place, ids }.into());
        }
    }
    let now_secs = environment.now().as_unix_millis() / 1000;
    let (_, origin) = file.load_or_create(Some(now_secs))?;
    if origin == Origin::Created {
        tracing::warn!(
            file = %file.path().display(),
            "made a new key file; back it up apart from the database: without it no stored credential can be opened"
        );
    }
    Ok(file)
}

/// The use cases around the keys.
pub(super) fn service(
    keyring: &LiveKeyring,
    database: &Database,
    environment: &Environment,
) -> OperatorKeys {
    let database = Arc::new(database.clone());
    OperatorKeys::new(
        keyring.clone(),
        database.clone(),
        database,
        environment.clone(),
    )
}
