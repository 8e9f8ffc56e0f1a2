#![doc = include_str!("../README.md")]

mod accounts;
mod announce;
mod authentication;
mod dialect;
mod log;
mod odd;
mod scenario;
mod seed;
mod server;
mod simulation;
mod storage;
mod webdav;

pub use accounts::Access;
pub use announce::announce;
pub use dialect::{Dialect, UnknownDialect};
pub use log::LoggedRequest;
pub use odd::{HUGE_ENTRIES, ORDINARY_FILE};
pub use scenario::{Scenario, UnknownScenario};
pub use server::Sandbox;
