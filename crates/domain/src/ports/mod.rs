//! The ports: what the services need of the world, one trait a file with its error and parameters.
//!
//! A trait stands here for I/O, or where two real implementations exist; adapters in other crates
//! implement it and hold no rule.

pub mod attempts;
pub mod backends;
pub mod checkpoint_copies;
pub mod connections;
pub mod data_keys;
pub mod deletion_ledger;
pub mod documents;
pub mod erasure_credentials;
pub mod erasures;
pub mod events;
pub mod listings;
pub mod login_flows;
pub mod nextcloud;
pub mod oauth;
pub mod one_time;
pub mod operator_keys;
pub mod outbox;
pub mod outside_tokens;
pub mod passwords;
pub mod refreshes;
pub mod replicas;
pub mod repository;
pub mod sessions;
pub mod storage;
pub mod tokens;
pub mod trail;
pub mod users;
