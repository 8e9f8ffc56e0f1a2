#![doc = include_str!("../README.md")]

mod accounts;
mod announce;
mod authentication;
mod clock;
mod connection;
mod control;
mod dialect;
mod fault;
mod google;
mod hex;
mod identity;
mod log;
mod microsoft;
mod nextcloud;
mod odd;
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
pub use dialect::{Dialect, UnknownDialect};
pub use fault::{Fault, FaultId, FaultRule, ListedFault, LoginUrl, RetryAfter};
pub use google::GoogleApp;
pub use identity::{LiveTokens, Provider};
pub use log::LoggedRequest;
pub use microsoft::MicrosoftApp;
pub use nextcloud::{
    LiveAppPassword, Nextcloud, NextcloudAccess, NextcloudState, OpenUpload, Quota,
};
pub use odd::{HUGE_ENTRIES, ORDINARY_FILE};
pub use scenario::{Scenario, UnknownScenario};
pub use server::{Options, Sandbox};
