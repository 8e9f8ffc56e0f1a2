//! What a user's storage is opened with. It knows nothing of how it is sealed at rest.

use secrecy::SecretString;

/// The secret that opens a user's storage.
///
/// It has no `Debug`, `Display` or serialised form (G-01); only the services encode it, to seal it.
#[expect(
    missing_debug_implementations,
    reason = "G-01: a credential is never printed, not even redacted"
)]
#[derive(Clone)]
pub enum Credential {
    /// A user name and a password, sent by HTTP Basic authentication (RFC 7617).
    Basic {
        /// The user name at the storage's server.
        username: String,
        /// The password, best one made for this application.
        password: SecretString,
    },
}
