//! Where checkpoints of the audit trail are copied to, and whose are believed.

use std::path::PathBuf;

use confique::Config;
use wharf_crypto::PublicKey;
use wharf_storage_backends::S3Place;

use super::text::{listed, parsed};

/// Copies of the audit trail's checkpoints.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct AuditSettings {
    /// Whether each checkpoint is a line of the log (level `info`, target `wharf::checkpoint`), for a
    /// log that is kept elsewhere.
    #[config(default = true, deserialize_with = parsed)]
    pub checkpoint_log: bool,
    /// A file that each checkpoint is appended to, on a disk that whoever can write into the database cannot
    /// write to. The trail is checked against it. None if absent.
    #[config(deserialize_with = parsed)]
    pub checkpoint_file: Option<PathBuf>,
    /// A bucket that each checkpoint is put into, best one that locks its objects: `s3://bucket/prefix` of
    /// the server that `s3` names. None if absent.
    #[config(deserialize_with = parsed)]
    pub checkpoint_bucket: Option<S3Place>,
    /// Public keys of checkpoints that are believed beside those of the key file, separated by commas:
    /// `ed25519:…`, as `wharf audit keys` prints them. Put a key here before it leaves the key file.
    #[config(default = [], deserialize_with = listed)]
    pub trusted_keys: Vec<PublicKey>,
}
