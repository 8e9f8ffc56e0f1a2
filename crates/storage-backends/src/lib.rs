//! Storages behind the domain's storage port: Google Drive, OneDrive, any WebDAV server, Nextcloud on top of
//! it, and the house's own storage. Beside them, the file and the bucket that checkpoints of the audit trail
//! are copied to.
//!
//! An adapter speaks its protocol and holds no rule of the product. Every request goes through
//! `wharf_egress`; nothing here opens a connection, knows a user's row or keeps a credential beyond
//! the storage it opened.

mod house;
mod ledger;
mod registry;

mod checkpoints;

mod google_drive;
mod nextcloud;
mod onedrive;

mod access;
mod address;
mod appended;
mod breaker;
mod budget;
mod circuit;
mod circuits;
mod digests;
mod download;
mod entity_tag;
mod error;
mod fault;
mod issued;
mod json;
mod parts;
mod quick_xor;
mod refusal;
mod retry;
mod temporary;
mod top_folder;
mod turns;
mod undo;
mod upload;
mod uploading;
mod verdict;
mod webdav;

pub use checkpoints::{CheckpointBucket, CheckpointFile};
pub use error::Error;
pub use house::{House, InvalidPlace, S3Access, S3Place};
pub use ledger::FileLedger;
pub use registry::Registry;
pub use undo::Background;
