//! Values that may stand as text, as they do in the environment, or as TOML's own kinds.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Error};
use url::{Host, Url};

use super::LogFormat;

/// A value before its meaning is known.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Raw {
    Text(String),
    Number(i64),
    Switch(bool),
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Switch(switch) => write!(f, "{switch}"),
        }
    }
}

/// One value, by its text form. What is wrong with it is said; the value itself is not repeated,
/// for it may be a secret.
pub(super) fn parsed<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    let raw =
        Raw::deserialize(deserializer).map_err(|_| D::Error::custom("must be a single value"))?;
    raw.to_string().parse().map_err(D::Error::custom)
}

/// One secret text.
pub(super) fn secret<'de, D>(deserializer: D) -> Result<SecretString, D::Error>
where
    D: Deserializer<'de>,
{
    parsed::<String, D>(deserializer).map(SecretString::from)
}

/// Several values: a list, or a text that separates them by commas.
pub(super) fn listed<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum List {
        One(String),
        Many(Vec<String>),
    }
    let texts = match List::deserialize(deserializer)
        .map_err(|_| D::Error::custom("must be a list of texts"))?
    {
        List::One(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        List::Many(texts) => texts,
    };
    texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(D::Error::custom))
        .collect()
}

/// Seconds within the bounds of O-02.
pub(super) fn state_life<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match parsed(deserializer)? {
        seconds @ 60..=1800 => Ok(seconds),
        _ => Err(D::Error::custom("must be from 60 to 1800")),
    }
}

/// Addresses that a browser can be sent to without their meaning anything else there (O-04).
pub(super) fn return_urls<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let urls: Vec<String> = listed(deserializer)?;
    if urls.iter().all(|text| is_return_url(text)) {
        Ok(urls)
    } else {
        Err(D::Error::custom(
            "must be https addresses without a fragment, or http at a loopback address",
        ))
    }
}

/// An outcome and a confirmation travel in the query, so nobody on the way may read it.
fn is_return_url(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_private = url.scheme() == "https" || url.scheme() == "http" && is_loopback;
    is_private && url.fragment().is_none()
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, &'static str> {
        match name {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json"),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}
