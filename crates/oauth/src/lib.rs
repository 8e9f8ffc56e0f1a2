//! Wharf as a client of authorization servers (OAuth 2.0, RFC 6749): where a person consents, what a
//! code and a refresh token are exchanged for, whose grant it is, and how it ends.
//!
//! A provider is a [`Description`]: addresses, scopes, parameters, habits. No code knows one by name but
//! the presets, which fill in a description ([`GoogleDrive`], [`Onedrive`]). [`Registry`] implements the
//! domain's port with the descriptions that the operator has set up.
//!
//! Nothing here knows a user, a row or a route. State and verifier are the caller's; tokens pass through
//! and are not kept. Every request goes to an address of the operator's settings (O-07), through
//! `wharf_egress`.

mod description;
mod preset;
mod tenant;

mod account;
mod answer;
mod exchange;
mod id_token;
mod lifetime;
mod revoke;
mod scope;
mod server;
mod token_answer;

mod registry;

mod error;
mod fault;

pub use description::{ClientAuthentication, Description, Identification};
pub use error::Error;
pub use fault::Fault;
pub use preset::google_drive::{DriveScope, GoogleDrive, UnknownDriveScope};
pub use preset::onedrive::Onedrive;
pub use registry::Registry;
pub use server::AuthorizationServer;
pub use tenant::{InvalidTenant, Tenant};
