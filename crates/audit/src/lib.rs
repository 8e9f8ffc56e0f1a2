#![doc = include_str!("../README.md")]

pub mod canonical;
pub mod chain;
pub mod checkpoint;
pub mod error;
pub mod export;
pub mod verify;

pub use chain::{append, hash};
pub use checkpoint::TrustedKeys;
pub use error::ExportError;
pub use verify::{Fault, Verdict, Verification};
