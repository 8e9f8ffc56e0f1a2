//! Wharf as a library: settings in, adapters chosen, services out.
//!
//! This is what another Rust service embeds, and what the server is a thin layer over. It is the only
//! crate that names concrete adapters.

pub mod compose;
pub mod meters;
pub mod outgoing;
pub mod settings;

mod checkpoint_log;
mod system;

pub use wharf_audit as audit;
pub use wharf_crypto::PublicKey;
pub use wharf_domain as domain;
pub use wharf_egress as egress;
pub use wharf_services as services;

pub use self::compose::{NotReady, StartError, Wharf};
pub use self::settings::{Settings, SettingsError};
