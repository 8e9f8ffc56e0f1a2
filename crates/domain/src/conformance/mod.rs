//! The suites that every implementation of a port passes, one named test a behaviour.
//!
//! A case panics when the behaviour is not as the port promises; a macro in each module turns the
//! cases into tests.

pub mod ephemeral;
pub mod refreshes;
pub mod repositories;
pub mod storage;
pub mod trail;
