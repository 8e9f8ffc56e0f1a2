//! Why nothing can be kept here. What fails later is told by the ports.

/// Why nothing can be kept here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of Redis cannot be used. It is not repeated, for it may hold a password.
    #[error(
        "the address of Redis must look like redis://user:password@host:port/number, or rediss://… for TLS"
    )]
    RedisUrl,
}
