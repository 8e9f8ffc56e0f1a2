#![doc = include_str!("../README.md")]

mod address;
mod name;
mod ports;
mod refusal;
mod typed;

mod policy;
mod resolver;

mod deadlines;
mod progress;
mod tls;

mod client;
mod redirect;
mod response;

mod error;

pub use client::{Client, Limits, Options};
pub use deadlines::{Deadlines, Stage};
pub use error::Error;
pub use policy::{Exceptions, Policy};
pub use ports::PortSet;
pub use redirect::RedirectRefusal;
pub use refusal::Refusal;
pub use resolver::{Lookup, SystemLookup};
pub use response::Response;
pub use typed::CheckedUrl;
