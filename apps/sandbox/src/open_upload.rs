//! Uploads that were begun and are neither complete nor gone, so that tests can tell that none leaks.

use serde::Serialize;

use crate::identity::Provider;

/// An open upload session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpenUpload {
    /// Where it is open.
    pub provider: Provider,
    /// Whose it is: an e-mail address.
    pub account: String,
    /// When it began, by the sandbox's clock, in milliseconds since 1970.
    pub began_ms: u64,
    /// How many bytes have arrived and count.
    pub received_bytes: u64,
    /// How many there will be, if the client said so.
    pub total_bytes: Option<u64>,
}
