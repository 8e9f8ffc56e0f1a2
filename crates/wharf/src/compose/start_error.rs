//! Why a Wharf cannot start.

use std::path::PathBuf;

use wharf_crypto::KeyringError;
use wharf_persistence::DatabaseError;
use wharf_services::operator_keys::KeysError;

use crate::settings::{MissingS3Key, MissingSecret, OutsideIssuerError};

/// Why a Wharf cannot start. The message says what to look at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A folder cannot be made.
    #[error("the folder {} cannot be made", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file of trusted certificates cannot be read.
    #[error("the certificate file {} cannot be read", path.display())]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The operator's keys cannot be used.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The operator's keys are not those that the database needs.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Outgoing connections cannot be set up.
    #[error(transparent)]
    Egress(#[from] wharf_egress::Error),
    /// The cache cannot be set up.
    #[error(transparent)]
    Cache(#[from] wharf_ephemeral::Error),
    /// A provider's settings are incomplete.
    #[error(transparent)]
    Provider(#[from] MissingSecret),
    /// A provider's settings cannot be used.
    #[error(transparent)]
    OAuth(#[from] wharf_oauth::Error),
    /// The way to the house's storage is incomplete.
    #[error(transparent)]
    HouseKey(#[from] MissingS3Key),
    /// The settings of the outside issuer cannot be used.
    #[error(transparent)]
    OutsideIssuer(#[from] OutsideIssuerError),
    /// The house's storage cannot be used.
    #[error(transparent)]
    House(#[from] wharf_storage_backends::Error),
}
