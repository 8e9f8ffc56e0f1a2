//! The sandbox's dice: what is drawn follows from the seed, so that a run can be repeated. Nothing here
//! is secret, whatever it looks like.

use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use uuid::Builder;

/// A source of letters, ids and chances.
pub(crate) struct Random(Mutex<Rng>);

impl Random {
    /// The source that a seed stands for.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(Rng::with_seed(seed)))
    }

    /// Letters and digits behind a prefix.
    pub(crate) fn text(&self, prefix: &str, length: usize) -> String {
        self.draw(|rng| {
            let rest = std::iter::repeat_with(|| rng.alphanumeric()).take(length);
            prefix.chars().chain(rest).collect()
        })
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&self) -> String {
        let bytes = self.draw(|rng| rng.u128(..)).to_be_bytes();
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&self, probability: f64) -> bool {
        self.draw(Rng::f64) < probability
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let (one, other) = (Random::seeded(7), Random::seeded(7));
        assert_eq!(one.text("a-", 20), other.text("a-", 20));
        assert_eq!(one.uuid(), other.uuid());
        assert_ne!(one.uuid(), one.uuid());
    }

    #[test]
    fn what_is_certain_happens_and_what_is_impossible_does_not() {
        let random = Random::seeded(1);
        assert!((0..100).all(|_| random.happens(1.0) && !random.happens(0.0)));
    }
}
