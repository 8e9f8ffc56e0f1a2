//! QuickXorHash, the one digest that every drive of Microsoft's has.
//! <https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash>
//!
//! Each byte is XORed into a ring of 160 bits, 11 bits further than the byte before it; at the end the
//! length is XORed into the last 64 bits. After 160 bytes the place in the ring is the first again, so
//! bytes 160 apart can be XORed with each other first, and be brought into the ring once.

/// The bits of the ring, and the bytes after which the places repeat.
const WIDTH: usize = 160;
const SHIFT_BITS: usize = 11;
const RING_BYTES: usize = WIDTH / 8;

/// A digest in the making.
#[derive(Clone)]
pub(super) struct QuickXorHash {
    /// The XOR of all bytes of each place.
    places: [u8; WIDTH],
    length: u64,
}

impl Default for QuickXorHash {
    fn default() -> Self {
        Self {
            places: [0; WIDTH],
            length: 0,
        }
    }
}

impl QuickXorHash {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        let (whole, begun) = (WIDTH as u64, bytes.len() as u64);
        let first = usize::try_from(self.length % whole).unwrap_or_default();
        self.length += begun;
        let (head, rest) = bytes.split_at(bytes.len().min(WIDTH - first));
        xor(self.places.iter_mut().skip(first), head);
        let mut rounds = rest.chunks_exact(WIDTH);
        for round in rounds.by_ref() {
            self.xor_whole(round);
        }
        xor(self.places.iter_mut(), rounds.remainder());
    }

    /// A whole round, eight bytes at a time, so that it is quick even where nothing is optimized.
    fn xor_whole(&mut self, round: &[u8]) {
        let (places, _) = self.places.as_chunks_mut::<8>();
        let (words, _) = round.as_chunks::<8>();
        for (place, word) in places.iter_mut().zip(words) {
            *place = (u64::from_ne_bytes(*place) ^ u64::from_ne_bytes(*word)).to_ne_bytes();
        }
    }

    pub(super) fn finish(self) -> [u8; RING_BYTES] {
        let mut ring = [0; RING_BYTES];
        let mut flip = |place: usize, bits: u8| {
            if let Some(byte) = ring.get_mut(place % RING_BYTES) {
                *byte ^= bits;
            }
        };
        for (number, byte) in self.places.into_iter().enumerate() {
            let bit = number * SHIFT_BITS % WIDTH;
            let [low, high] = (u16::from(byte) << (bit % 8)).to_le_bytes();
            flip(bit / 8, low);
            flip(bit / 8 + 1, high);
        }
        let length = self.length.to_le_bytes();
        for (number, byte) in length.into_iter().enumerate() {
            flip(RING_BYTES - length.len() + number, byte);
        }
        ring
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

    /// Input and digest in Base64, as rclone's tests have them, who made them with Microsoft's program.
    /// <https://github.com/rclone/rclone/blob/master/backend/onedrive/quickxorhash/quickxorhash_test.go>
    const VECTORS: [(&str, &str); 11] = [
        ("", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("Sg==", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="),
        ("0pZP", "0rDEEwAAAAAAAAAAAwAAAAAAAAA="),
        ("XoJ1AsoR4fDYJrDqYs4=", "XhBEHQSgjAiEAx7YPgEs1CEGZwA="),
        ("gQaybEqS/4UlDc8e4IJm", "gDCALNigBEn8oxAlZ8AzPAAOQZg="),
        (
            "T6LYJIfDh81JrAK309H2JMJTXis=",
            "zBTHrspn3mEcohlJdIUAbjGNaNg=",
        ),
        (
            "NbYXsp5/K6mR+NmHwExjvWeWDJFnXTKWVlzYHoesp2E=",
            "wjuAuWDiq04qDt1R8hHWDDcwVoQ=",
        ),
        (
            "ikwCorI7PKWz17EI50jZCGbV9JU2E8bXVfxNMg5zdmqSZ2NlsQPp0kqYIPjzwTg1MBtfWPg53k0h\
             0P2naJNEVgrqpoHTfV2b3pJ4m0zYPTJmUX4Bg/lOxcnCxAYKU29Y5F0U8Quz7ZXFBEweftXxJ7RS\
             4r6N7BzJrPsLhY7hgck=",
            "imAoFvCWlDn4yVw3/oq1PDbbm6U=",
        ),
        (
            "PfxMcUd0vIW6VbHG/uj/Y0W6qEoKmyBD0nYebEKazKaKG+UaDqBEcmQjbfQeVnVLuodMoPp7P7TR\
             1htX5n2VnkHh22xDyoJ8C/ZQKiSNqQfXvh83judf4RVr9exJCud8Uvgip6aVZTaPrJHVjQhMCp/d\
             EnGvqg0oN5OVkM2qqAXvA0teKUDhgNM71sDBVBCGXxNOR2bpbD1iM4dnuT0ey4L+loXEHTL0fqMe\
             UcEi2asgImnlNakwenDzz0x57aBwyq3AspCFGB1ncX4yYCr/OaCcS5OKi/00WH+wNQU3",
            "QX/YEpG0gDsmhEpCdWhsxDzsfVE=",
        ),
        (
            "qwGf2ESubE5jOUHHyc94ORczFYYbc2OmEzo+hBIyzJiNwAzC8PvJqtTzwkWkSslgHFGWQZR2BV5+\
             uYTrYT7HVwRM40vqfj0dBgeDENyTenIOL1LHkjtDKoXEnQ0mXAHoJ8PjbNC93zi5TovVRXTNzfGE\
             s5dpWVqxUzb5lc7dwkyvOluBw482mQ4xrzYyIY1t+//OrNi1ObGXuUw2jBQOFfJVj2Y6BOyYmfB1\
             y36eBxi3zxeG5d5NYjm2GSh6e08QMAwu3zrINcqIzLOuNIiGXBtl7DjKt7b5wqi4oFiRpZsCyx2s\
             mhSrdrtK/CkdU6nDN+34vSR/M8rZpWQdBE7a8g==",
            "WYT9JY3JIo/pEBp+tIM6Gt2nyTM=",
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
    ];

    #[test]
    fn the_published_vectors_come_out_however_the_bytes_arrive() {
        for (input, expected) in VECTORS {
            let bytes = STANDARD.decode(input).unwrap();
            for size in [1, 7, 20, 159, 160, 161, 512] {
                let mut hash = QuickXorHash::default();
                bytes.chunks(size).for_each(|chunk| hash.update(chunk));
                assert_eq!(
                    STANDARD.encode(hash.finish()),
                    expected,
                    "{input} by {size}"
                );
            }
        }
    }
}
