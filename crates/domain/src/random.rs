//! The port to randomness. It knows no algorithm.

/// A source of cryptographically secure random bytes.
///
/// An implementation that cannot deliver must abort rather than return weak bytes (K-01).
pub trait Random: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}
