//! Throw-away bytes: a password nobody else knows, and content to move about.

use std::fs::File;
use std::io::Read as _;

/// A password of 24 hexadecimal digits.
pub(crate) fn password() -> anyhow::Result<String> {
    let mut bytes = [0; 12];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Content that has no pattern a compressor or a mixed-up offset could hide
/// behind: Marsaglia's 64-bit xorshift.
pub(crate) fn content(size_bytes: usize) -> Vec<u8> {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(size_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ() {
        let (one, two) = (password().unwrap(), password().unwrap());
        assert_eq!(one.len(), 24);
        assert_ne!(one, two);
    }

    #[test]
    fn content_has_its_size_and_does_not_repeat() {
        let bytes = content(10_001);
        assert_eq!(bytes.len(), 10_001);
        assert_ne!(bytes[..4096], bytes[4096..8192]);
    }
}
