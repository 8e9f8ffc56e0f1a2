//! Keys that nobody drew at random (K-07). A random key is taken for one of them less than once in 2^60
//! times, so whoever is refused has a file to mend.

use std::collections::BTreeSet;

use crate::cipher::KEY_BYTES;

/// As few distinct bytes as a key may have: 32 random ones have 30 of them on average, and a pattern that
/// is repeated within the key has 16 at most.
const FEWEST_DISTINCT: usize = 17;

/// Seeds that everybody knows: the private keys of RFC 8032, section 7.1, tests 1 to 3.
const PUBLISHED: [[u8; KEY_BYTES]; 3] = [
    [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ],
    [
        0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e,
        0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8,
        0xa6, 0xfb,
    ],
    [
        0xc5, 0xaa, 0x8d, 0xf4, 0x3f, 0x9f, 0x83, 0x7b, 0xed, 0xb7, 0x44, 0x2f, 0x31, 0xdc, 0xb7,
        0xb1, 0x66, 0xd3, 0x85, 0x35, 0x07, 0x6f, 0x09, 0x4b, 0x85, 0xce, 0x3a, 0x2e, 0x0b, 0x44,
        0x58, 0xf7,
    ],
];

/// Whether a key was made up rather than drawn: all zero, one byte or a short pattern repeated, the
/// `00 01 02 …` of examples, a passphrase, or a key that stands in a specification.
pub(super) fn is_weak(key: &[u8; KEY_BYTES]) -> bool {
    let distinct: BTreeSet<u8> = key.iter().copied().collect();
    distinct.len() < FEWEST_DISTINCT
        || is_even_sequence(key)
        || key.iter().all(|byte| matches!(byte, b' '..=b'~'))
        || PUBLISHED.contains(key)
}

/// Whether each byte differs from the one before by the same step.
fn is_even_sequence(key: &[u8; KEY_BYTES]) -> bool {
    let mut steps = key
        .iter()
        .zip(key.iter().skip(1))
        .map(|(byte, next)| next.wrapping_sub(*byte));
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256;

    // K-07
    #[test]
    fn what_nobody_drew_is_weak() {
        let pattern = |pattern: &[u8]| std::array::from_fn(|i| pattern[i % pattern.len()]);
        for weak in [
            [0; 32],
            [0xff; 32],
            std::array::from_fn(|i| i as u8),
            std::array::from_fn(|i| 0x9f_u8.wrapping_sub(3 * i as u8)),
            pattern(&[0xde, 0xad, 0xbe, 0xef]),
            pattern(&sha256(b"half")[..16]),
            *b"correct horse battery staple 123",
            *b"0123456789abcdef0123456789abcdef",
            PUBLISHED[0],
        ] {
            assert!(is_weak(&weak), "{weak:?}");
        }
    }

    #[test]
    fn what_was_drawn_is_not() {
        for number in 0_u32..20_000 {
            assert!(!is_weak(&sha256(&number.to_be_bytes())), "{number}");
        }
    }
}
