//! QuickXorHash, the one digest that Microsoft promises for every drive. It keeps damage from passing unseen,
//! and no attacker out. It knows no storage.
//! <https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash>

/// The bits of a digest.
const WIDTH_BITS: usize = 160;

/// How many bits further each byte goes into the digest than the one before.
const SHIFT_BITS: usize = 11;

/// A digest under way.
///
/// Byte `n` is XORed in at bit `11 n mod 160`, so bytes that are 160 apart go to the same place. They are
/// XORed with each other first, a row of 160 at a time, and go to their places once, at the end.
#[derive(Clone)]
pub(crate) struct QuickXorHash {
    columns: [u8; WIDTH_BITS],
    length: u64,
}

impl Default for QuickXorHash {
    fn default() -> Self {
        Self {
            columns: [0; WIDTH_BITS],
            length: 0,
        }
    }
}

impl QuickXorHash {
    /// Takes the next bytes in.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let column = (self.length % WIDTH_BITS as u64) as usize;
        let (begun, rows) = bytes.split_at(bytes.len().min(WIDTH_BITS - column));
        xor(self.columns.iter_mut().skip(column), begun);
        for row in rows.chunks(WIDTH_BITS) {
            xor(self.columns.iter_mut(), row);
        }
        self.length = self.length.wrapping_add(bytes.len() as u64);
    }

    /// The digest of all bytes so far: those in their places, and their number in the last 64 bits.
    pub(crate) fn finalize(self) -> [u8; WIDTH_BITS / 8] {
        let mut digest = [0; WIDTH_BITS / 8];
        for (index, column) in self.columns.into_iter().enumerate() {
            let bit = index * SHIFT_BITS % WIDTH_BITS;
            // A column that is not at a whole byte lies in two, of which the second may be the first again.
            let [low, high] = (u16::from(column) << (bit % 8)).to_le_bytes();
            for (place, part) in [(bit / 8, low), (bit / 8 + 1, high)] {
                xor(digest.iter_mut().skip(place % (WIDTH_BITS / 8)), &[part]);
            }
        }
        xor(digest.iter_mut().skip(12), &self.length.to_le_bytes());
        digest
    }
}

fn xor<'p>(places: impl Iterator<Item = &'p mut u8>, bytes: &[u8]) {
    for (place, byte) in places.zip(bytes) {
        *place ^= byte;
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// Contents and their digests in base64, made with Microsoft's own program and published with rclone:
    /// <https://github.com/rclone/rclone/blob/master/backend/onedrive/quickxorhash/quickxorhash_test.go>.
    /// The last one is from <https://pypi.org/project/quickxorhash/>.
    const PUBLISHED: [(&str, &str); 11] = [
        ("", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("Sg==", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="),
        ("tbQ=", "taAFAAAAAAAAAAAAAgAAAAAAAAA="),
        ("/aNzzCFPS/A=", "/RjFHJgRgicsAR4ACAAAAAAAAAA="),
        ("gQaybEqS/4UlDc8e4IJm", "gDCALNigBEn8oxAlZ8AzPAAOQZg="),
        (
            "T6LYJIfDh81JrAK309H2JMJTXis=",
            "zBTHrspn3mEcohlJdIUAbjGNaNg=",
        ),
        (
            "DWAAX5/CIfrmErgZa8ot6ZraeSbu",
            "LR2Z0PjuRYGKQB/mhQAuMrAGZbQ=",
        ),
        (
            "Mb7EGva2rEE5fENDL85P+BsapHEEjv2/siVhKjvAQe02feExVOQSkfmuYzU/kTF1MaKjPmKF/w+c\
             bvwfdWL8aQ==",
            "n1anP5NfvD4XDYWIeRPW3ZkPv1Y=",
        ),
        (
            "PfxMcUd0vIW6VbHG/uj/Y0W6qEoKmyBD0nYebEKazKaKG+UaDqBEcmQjbfQeVnVLuodMoPp7P7TR\
             1htX5n2VnkHh22xDyoJ8C/ZQKiSNqQfXvh83judf4RVr9exJCud8Uvgip6aVZTaPrJHVjQhMCp/d\
             EnGvqg0oN5OVkM2qqAXvA0teKUDhgNM71sDBVBCGXxNOR2bpbD1iM4dnuT0ey4L+loXEHTL0fqMe\
             UcEi2asgImnlNakwenDzz0x57aBwyq3AspCFGB1ncX4yYCr/OaCcS5OKi/00WH+wNQU3",
            "QX/YEpG0gDsmhEpCdWhsxDzsfVE=",
        ),
        (
            "w0LGhqU1WXFbdavqDE4kAjEzWLGGzmTNikzqnsiXHx2KRReKVTxkv27u3UcEz9+lbMvYl4xFf2Z4\
             aE1xRBBNd1Ke5C0zToSaYw5o4B/7X99nKK2/XaUX1byLow2aju2XJl2OpKpJg+tSJ2fmjIJTkfuY\
             Uz574dFX6/VXxSxwGH/xQEAKS5TCsBK3CwnuG1p5SAsQq3gGVozDWyjEBcWDMdy8/AIFrj/y03Lf\
             c/RNRCQTAfZbnf2QwV7sluw4fH3XJr07UoD0YqN+7XZzidtrwqMY26fpLZnyZjnBEt1FAZWO7RnK\
             G5asg8xRk9YaDdedXdQSJAOy6bWEWlABj+tVAigBxavaluUH8LOj+yfCFldJjNLdi90fVHkUD/m4\
             Mr5OtmupNMXPwuG3EQlqWUVpQoYpUYKLsk7a5Mvg6UFkiH596y5IbJEVCI1Kb3D1",
            "e3+wo77iKcILiZegnzyUNcjCdoQ=",
        ),
        ("aGVsbG8gd29ybGQ=", "aCgDG9jwBhDc4Q1yawMZAAAAAAA="),
    ];

    #[test]
    fn the_published_digests_come_out_however_the_content_is_cut() {
        for (content, expected) in PUBLISHED {
            let content = STANDARD.decode(content).unwrap();
            for piece in [1, 7, 159, 160, 161, 1000] {
                let mut digest = QuickXorHash::default();
                for piece in content.chunks(piece) {
                    digest.update(piece);
                }
                let told = STANDARD.encode(digest.finalize());
                assert_eq!(told, expected, "{} bytes by {piece}", content.len());
            }
        }
    }
}
