//! The house's own storage: a folder, or a bucket and the way into it.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use confique::Config;
use secrecy::SecretString;
use url::Url;
use wharf_storage_backends::{InvalidPlace, S3Access, S3Place};

use super::text::{parsed, secret};

/// Where the house's own storage lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HouseStorage {
    /// In a folder of the local disk.
    Folder(PathBuf),
    /// In a bucket of S3 or of a server that speaks like it.
    Bucket(S3Place),
}

impl FromStr for HouseStorage {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        if S3Place::is_meant_by(text) {
            return text.parse().map(Self::Bucket);
        }
        let folder: Result<PathBuf, Infallible> = text.parse();
        Ok(match folder {
            Ok(folder) => Self::Folder(folder),
        })
    }
}

impl fmt::Display for HouseStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(place) => place.fmt(f),
        }
    }
}

/// Where the deletion ledger lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerPlace {
    /// In the house's own storage.
    House,
    /// In a file of the local disk.
    File(PathBuf),
}

impl FromStr for LedgerPlace {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        if text == "house" {
            return Ok(Self::House);
        }
        text.parse().map(Self::File)
    }
}

impl fmt::Display for LedgerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::House => f.write_str("house"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// The S3 server that has the buckets.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct S3Settings {
    /// The address of the S3 server, under which buckets lie as folders, for example
    /// `https://minio.example.org:9000`. Plain `http` only on this machine, or with `egress.allow_http`.
    /// Amazon's in the region if absent.
    #[config(deserialize_with = parsed)]
    pub endpoint: Option<Url>,
    /// The region that requests are signed for.
    #[config(default = "us-east-1", deserialize_with = parsed)]
    pub region: String,
    /// The name of the access key for the bucket.
    #[config(deserialize_with = parsed)]
    pub access_key_id: Option<String>,
    /// The access key itself.
    #[config(deserialize_with = secret)]
    pub secret_access_key: Option<SecretString>,
}

/// A bucket without a key to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("s3.{key} is missing, which a bucket needs")]
pub struct MissingS3Key {
    /// What is missing.
    pub key: &'static str,
}

impl S3Settings {
    /// The way into the bucket.
    pub(crate) fn access(&self) -> Result<S3Access, MissingS3Key> {
        let missing = |key| MissingS3Key { key };
        let access_key_id = self.access_key_id.clone();
        let secret_access_key = self.secret_access_key.clone();
        Ok(S3Access {
            endpoint: self.endpoint.clone(),
            region: self.region.clone(),
            access_key_id: access_key_id.ok_or(missing("access_key_id"))?,
            secret_access_key: secret_access_key.ok_or(missing("secret_access_key"))?,
        })
    }
}
