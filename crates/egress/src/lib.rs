#![doc = include_str!("../README.md")]

mod address;
mod name;
mod nat64;
mod ports;
mod refusal;
mod trust;
mod typed;

mod explain;
mod issuer;
mod policy;
mod resolver;

mod connect_error;
mod connector;
mod deadlines;
mod dial;
mod tls;
mod transport;
mod ways;

mod client;
mod pace;
mod progress;
mod redirect;
mod response;
mod retry_after;

mod error;
pub mod meters;

pub use client::{Client, Limits, Options};
pub use connect_error::ConnectError;
pub use connector::{Connection, Connector};
pub use deadlines::{Deadlines, Pace, Stage};
pub use error::Error;
pub use explain::Explanation;
pub use issuer::Issuer;
pub use nat64::Nat64Prefix;
pub use policy::{Exceptions, Policy};
pub use ports::PortSet;
pub use redirect::RedirectRefusal;
pub use refusal::Refusal;
pub use resolver::{Lookup, SystemLookup};
pub use response::Response;
pub use retry_after::retry_after;
pub use transport::Pooled;
pub use trust::Trust;
pub use typed::CheckedUrl;
