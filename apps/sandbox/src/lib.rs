#![doc = include_str!("../README.md")]

mod accounts;
mod announce;
mod authentication;
mod blob;
mod body;
mod byte_range;
mod clock;
mod connection;
mod contract;
mod control;
mod corruption;
mod dialect;
mod fault;
mod fixture;
mod generated_file;
mod google;
mod hex;
mod identity;
mod log;
mod microsoft;
mod nextcloud;
mod odd;
mod open_upload;
mod origin;
mod quota;
mod random;
mod scenario;
mod seed;
mod server;
mod serving;
mod simulation;
mod storage;
mod subject;
mod tls;
mod webdav;

pub use accounts::Access;
pub use announce::announce;
pub use contract::ContractWarning;
pub use dialect::{Dialect, UnknownDialect};
pub use fault::{Fault, FaultId, FaultRule, ListedFault, LoginUrl, RetryAfter};
pub use generated_file::GeneratedFile;
pub use google::GoogleApp;
pub use identity::{LiveTokens, Provider};
pub use log::LoggedRequest;
pub use microsoft::{MicrosoftApp, RecycledItem};
pub use nextcloud::{
    LiveAppPassword, Nextcloud, NextcloudAccess, NextcloudState, Quota, UploadFolder,
};
pub use odd::{HUGE_ENTRIES, ORDINARY_FILE};
pub use open_upload::OpenUpload;
pub use scenario::{Scenario, UnknownScenario};
pub use server::{Options, Sandbox};
