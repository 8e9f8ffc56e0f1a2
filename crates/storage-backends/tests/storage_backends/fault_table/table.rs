//! What came of all cells, on paper: a row for every fault, a column for every operation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use wharf_domain::ports::storage::StorageErrorKind;

use super::act::Act;

/// The outcomes.
#[derive(Default)]
pub(super) struct Table {
    /// By fault and operation, each that was seen at any of the operation's requests.
    outcomes: BTreeMap<&'static str, BTreeMap<Act, BTreeSet<&'static str>>>,
    cells: usize,
}

impl Table {
    pub(super) fn add(&mut self, outcomes: Vec<(Act, &'static str, Result<(), StorageErrorKind>)>) {
        for (act, case, outcome) in outcomes {
            let told = outcome
                .as_ref()
                .map_or_else(StorageErrorKind::as_str, |()| "ok");
            let row = self.outcomes.entry(case).or_default();
            row.entry(act).or_default().insert(told);
            self.cells += 1;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.cells
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (case, row) in &self.outcomes {
            writeln!(f, "{case}")?;
            let mut alike: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (act, outcomes) in row {
                let told: Vec<_> = outcomes.iter().copied().collect();
                let acts = alike.entry(told.join(", ")).or_default();
                acts.push(format!("{act:?}"));
            }
            for (told, acts) in alike {
                writeln!(f, "    {told:40} {}", acts.join(" "))?;
            }
        }
        Ok(())
    }
}
