//! Wharf's use cases: what it decides, and in which order things happen.
//!
//! A service is a struct of the ports it needs; its verbs take the [`Context`](wharf_domain::context::Context)
//! first. It knows no HTTP, no database and no provider's protocol: those stand behind the ports of
//! `wharf-domain`. It alone seals and opens credentials.

pub mod accounts;
pub mod authorizations;
pub mod connections;
pub mod documents;
pub mod erasures;
pub mod folders;
pub mod items;
pub mod login_flows;
pub mod operator_keys;
pub mod sessions;
pub mod trail;

pub mod content;
pub mod error;
pub mod gate;
pub mod keep_alive;
pub mod metered;
pub mod meters;
pub mod outbox;
pub mod replica;
pub mod revocations;
pub mod tasks;
pub mod vault;

mod app_passwords;
mod attempt_limits;
mod credential_codec;
mod fields;
mod flights;
mod measured;
mod presence;
mod refresh_token;
mod turns;

#[cfg(test)]
mod secrets_tests;
