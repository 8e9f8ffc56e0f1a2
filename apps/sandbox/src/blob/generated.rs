//! Bytes that are computed when they are read: SplitMix64 over the number of each eight of them, which
//! looks random, costs next to nothing, and begins anywhere.
//! <https://prng.di.unimi.it/splitmix64.c>

/// A sequence without end.
#[derive(Clone, Copy)]
pub(super) struct Generated {
    seed: u64,
}

const WORD_BYTES: u64 = 8;

impl Generated {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Writes the bytes from `offset` on.
    pub(super) fn read(self, offset: u64, target: &mut [u8]) {
        // Eight bytes at a time, so that it is quick even where nothing is optimized.
        let (mut word, within) = (offset / WORD_BYTES, offset % WORD_BYTES);
        let begun = usize::try_from((WORD_BYTES - within) % WORD_BYTES).unwrap_or_default();
        let (head, rest) = target.split_at_mut(begun.min(target.len()));
        if within != 0 {
            let bytes = self.word(word).to_le_bytes();
            let bytes = bytes.iter().skip(WORD_BYTES as usize - begun);
            head.iter_mut()
                .zip(bytes)
                .for_each(|(to, from)| *to = *from);
            word += 1;
        }
        let mut words = rest.chunks_exact_mut(WORD_BYTES as usize);
        for to in words.by_ref() {
            to.copy_from_slice(&self.word(word).to_le_bytes());
            word += 1;
        }
        let bytes = self.word(word).to_le_bytes();
        let last = words.into_remainder().iter_mut();
        last.zip(bytes).for_each(|(to, from)| *to = from);
    }

    fn word(self, number: u64) -> u64 {
        let golden = 0x9e37_79b9_7f4a_7c15_u64;
        let mut z = self
            .seed
            .wrapping_add(number.wrapping_add(1).wrapping_mul(golden));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
