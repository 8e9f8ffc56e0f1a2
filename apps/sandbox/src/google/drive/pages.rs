//! Page tokens: what is left of a listing, for a while.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::ids::Id;
use crate::random::Random;

/// The listings that can be continued.
#[derive(Default)]
pub(super) struct Pages(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    by_token: HashMap<String, Rest>,
    /// The tokens, oldest first.
    tokens: VecDeque<String>,
}

/// What is left of a listing.
#[derive(Clone)]
pub(super) struct Rest {
    /// Everything that the listing found.
    pub(super) found: Arc<[Id]>,
    pub(super) offset: usize,
    /// What was asked, so that a token is of no use for anything else.
    pub(super) question: String,
}

impl Pages {
    /// Older tokens than this many are forgotten, and then refused.
    const CAPACITY: usize = 1000;

    /// A token for the rest of a listing.
    pub(super) fn keep(&self, random: &Random, rest: Rest) -> String {
        let token = random.text("~!!~AI9", 80);
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.tokens.len() == Self::CAPACITY
            && let Some(oldest) = entries.tokens.pop_front()
        {
            entries.by_token.remove(&oldest);
        }
        entries.tokens.push_back(token.clone());
        entries.by_token.insert(token.clone(), rest);
        token
    }

    /// The rest that a token stands for, if it belongs to this question.
    pub(super) fn find(&self, token: &str, question: &str) -> Option<Rest> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = entries.by_token.get(token)?;
        (rest.question == question).then(|| rest.clone())
    }
}
