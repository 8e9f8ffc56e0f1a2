//! The environment as a layer of settings: `WHARF_EGRESS__ALLOW_HTTP` is `egress.allow_http`.

use std::ffi::OsString;
use std::path::PathBuf;

use confique::{Config, Layer as _};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{Settings, SettingsError};

/// A name and a value, as the operating system gives them.
pub(super) type Variable = (OsString, OsString);

const PREFIX: &str = "WHARF_";

/// The variables of secrets, which may also stand in a file of their own.
const SECRETS: [&str; 6] = [
    "WHARF_KEYRING_TEXT",
    "WHARF_DATABASE_URL",
    "WHARF_REDIS_URL",
    "WHARF_S3__SECRET_ACCESS_KEY",
    "WHARF_PROVIDERS__GOOGLE_DRIVE__CLIENT_SECRET",
    "WHARF_PROVIDERS__ONEDRIVE__CLIENT_SECRET",
];

type Layer = <Settings as Config>::Layer;

/// The layer that these variables make. Each is read by itself, so that an error can name it.
pub(super) fn layer(variables: impl IntoIterator<Item = Variable>) -> Result<Layer, SettingsError> {
    let mut layer = Layer::empty();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        let (name, value) = from_file_if_secret(name, value)?;
        layer = layer.with_fallback(single(&name, value)?);
    }
    Ok(layer)
}

/// For `WHARF_DATABASE_URL_FILE`, the variable `WHARF_DATABASE_URL` with the file's content.
fn from_file_if_secret(name: &str, value: OsString) -> Result<(String, String), SettingsError> {
    let secret = name
        .strip_suffix("_FILE")
        .filter(|secret| SECRETS.contains(secret));
    let Some(secret) = secret else {
        let value = value
            .into_string()
            .map_err(|_| unusable(name, "it is not UTF-8"))?;
        return Ok((name.to_owned(), value));
    };
    let path = PathBuf::from(value);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((secret.to_owned(), text.trim_end().to_owned())),
        Err(source) => Err(SettingsError::SecretFile {
            name: name.to_owned(),
            path,
            source,
        }),
    }
}

/// The layer with this one variable.
fn single(name: &str, value: String) -> Result<Layer, SettingsError> {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase();
    let sections = key.rsplit("__");
    let tree = sections.fold(Value::String(value), |tree, name| json!({ name: tree }));
    Layer::deserialize(tree).map_err(|error| unusable(name, &error.to_string()))
}

fn unusable(name: &str, reason: &str) -> SettingsError {
    SettingsError::Variable {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
}
