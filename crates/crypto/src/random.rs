//! The operating system's random source, the only one in this crate.
//!
//! Every failure is handed on: a nonce, key or salt is never made of anything weaker (K-01).

use secrecy::SecretBox;

use crate::error::RandomError;

/// Fills `buffer` with random bytes fit for keys.
///
/// # Errors
/// When the operating system gives none; `buffer` must not be used then.
pub fn fill(buffer: &mut [u8]) -> Result<(), RandomError> {
    Ok(getrandom::fill(buffer)?)
}

/// A fresh array of random bytes for what may be seen: ids, nonces, salts.
pub(crate) fn array<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// A fresh 256-bit key, made in the place on the heap where it stays.
pub(crate) fn key() -> Result<SecretBox<[u8; 32]>, RandomError> {
    let mut bytes = Box::new([0; 32]);
    fill(bytes.as_mut_slice())?;
    Ok(SecretBox::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_the_whole_buffer_and_never_twice_alike() {
        let mut first = [0; 64];
        let mut second = [0; 64];
        fill(&mut first).unwrap();
        fill(&mut second).unwrap();

        assert_ne!(first, second);
        assert_ne!(first[..32], [0; 32]);
        assert_ne!(first[32..], [0; 32]);
    }
}
