//! The storages, tested through the registry as the composition uses them: against real servers, and
//! against servers that answer as no honest one would.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what tests share fails by panicking too"
)]

mod addresses;
mod apache;
mod deleting;
mod dialects;
mod drive;
mod ear;
mod fault_table;
mod google_drive;
mod hostile;
mod house;
mod house_s3;
mod nextcloud;
mod odd_names;
mod onedrive;
mod rearranging;
mod replacing;
mod sandbox;
mod scripted;
mod support;
mod uploads;
