//! The faults that are in force, and which of them a request meets.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::kind::Fault;
use super::rule::FaultRule;
use crate::random::Random;

/// By which a fault can be taken out of force.
pub type FaultId = u64;

/// A fault in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListedFault {
    /// Its id.
    pub id: FaultId,
    /// How many requests have met it.
    pub met: u64,
    /// What was ordered.
    #[serde(flatten)]
    pub rule: FaultRule,
}

/// The faults in force, in the order in which they were ordered.
pub(crate) struct Rules {
    entries: Mutex<Entries>,
    dice: Random,
}

#[derive(Default)]
struct Entries {
    in_force: Vec<Entry>,
    last_id: FaultId,
}

struct Entry {
    listed: ListedFault,
    let_through: u64,
}

impl Rules {
    /// None; probabilities are drawn from `dice`.
    pub(crate) fn new(dice: Random) -> Self {
        Self {
            entries: Mutex::default(),
            dice,
        }
    }

    /// Puts a fault in force.
    pub(crate) fn add(&self, rule: FaultRule) -> FaultId {
        let mut entries = self.entries();
        entries.last_id += 1;
        let id = entries.last_id;
        entries.in_force.push(Entry {
            listed: ListedFault { id, met: 0, rule },
            let_through: 0,
        });
        id
    }

    /// The faults in force, those that have been met as often as they were ordered for included.
    pub(crate) fn list(&self) -> Vec<ListedFault> {
        let entries = self.entries();
        entries
            .in_force
            .iter()
            .map(|entry| entry.listed.clone())
            .collect()
    }

    /// Takes those out of force that the test finds; says how many there were.
    pub(crate) fn remove(&self, is_meant: impl Fn(&ListedFault) -> bool) -> usize {
        let mut entries = self.entries();
        let before = entries.in_force.len();
        entries.in_force.retain(|entry| !is_meant(&entry.listed));
        before - entries.in_force.len()
    }

    /// What a request meets: any number of faults, of which one at most decides what the client sees.
    pub(super) fn meet(
        &self,
        method: &str,
        path: &str,
        account: Option<&str>,
    ) -> Vec<(FaultId, Fault)> {
        let mut is_decided = false;
        let mut met = Vec::new();
        for entry in &mut self.entries().in_force {
            let fault = &entry.listed.rule.fault;
            let comes_too_late = is_decided && fault.is_decisive();
            if comes_too_late || !entry.listed.rule.fits(method, path, account) {
                continue;
            }
            if entry.strikes(&self.dice) {
                let fault = entry.listed.rule.fault.clone();
                is_decided |= fault.is_decisive();
                met.push((entry.listed.id, fault));
            }
        }
        met
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Whether a request that fits meets the fault.
    fn strikes(&mut self, dice: &Random) -> bool {
        let rule = &self.listed.rule;
        if self.let_through < rule.skip {
            self.let_through += 1;
            return false;
        }
        let is_spent = rule.times.is_some_and(|times| self.listed.met >= times);
        let strikes = !is_spent && dice.happens(rule.probability);
        self.listed.met += u64::from(strikes);
        strikes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(rules: &Rules) -> Vec<FaultId> {
        let met = rules.meet("POST", "/token", None);
        met.into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn some_are_let_through_and_some_meet_it() {
        let rules = Rules::new(Random::seeded(1));
        let id = rules.add(FaultRule::on("/token", Fault::Stall).skip(1).times(2));
        let answers = [vec![], vec![id], vec![id], vec![]];
        assert_eq!(std::array::from_fn(|_| met(&rules)), answers);
        assert_eq!(rules.list()[0].met, 2);
        assert_eq!(rules.remove(|listed| listed.id == id), 1);
        assert_eq!(rules.list(), []);
    }

    #[test]
    fn one_decides_and_the_next_waits_for_its_turn() {
        let rules = Rules::new(Random::seeded(1));
        let slow = rules.add(FaultRule::on("*", Fault::Latency { ms: 1 }));
        let first = rules.add(FaultRule::on("/token", Fault::LostAnswer).times(1));
        let second = rules.add(FaultRule::on("/token", Fault::Stall).times(1));
        let answers = [vec![slow, first], vec![slow, second], vec![slow]];
        assert_eq!(std::array::from_fn(|_| met(&rules)), answers);
    }

    #[test]
    fn the_dice_follow_the_seed() {
        let drawn = |seed| {
            let rules = Rules::new(Random::seeded(seed));
            rules.add(FaultRule::on("*", Fault::Stall).probability(0.5));
            (0..64).map(|_| met(&rules).len()).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        let count: usize = drawn(7).iter().sum();
        assert!((16..48).contains(&count), "{count}");
    }
}
