//! Which case of a suite passed and which failed, compared with what is known
//! of the server. An exception that is no longer needed is a failure too.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::Context as _;

/// A case that a server cannot pass.
pub(super) struct Exception<'a> {
    case: &'a str,
}

impl<'a> Exception<'a> {
    /// Reads a list of exceptions: one a line, the case, a tab and the reason.
    /// Lines with `#` are comments.
    pub(super) fn list(text: &'a str) -> anyhow::Result<Vec<Self>> {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let exceptions = lines.map(|line| {
            let (case, reason) = line.split_once('\t').unwrap_or((line, ""));
            anyhow::ensure!(
                !reason.trim().is_empty(),
                "an exception without a reason: {line}"
            );
            Ok(Self { case })
        });
        exceptions.collect::<Result<_, _>>().context("exceptions")
    }
}

/// The verdicts of one run.
#[derive(Default)]
pub(super) struct Verdicts {
    /// Whether it passed, by case.
    passed: BTreeMap<String, bool>,
    has_ended: bool,
}

impl Verdicts {
    /// Takes a verdict from a line of `cargo test`; any other line is none of its business.
    pub(super) fn add(&mut self, line: &str) {
        if line.starts_with("test result: ") {
            self.has_ended = true;
            return;
        }
        let verdict = line
            .strip_prefix("test ")
            .and_then(|it| it.rsplit_once(" ... "));
        match verdict {
            Some((case, "ok")) => self.note(case, true),
            Some((case, "FAILED")) => self.note(case, false),
            _ => {}
        }
    }

    /// Takes the verdict on a case.
    pub(super) fn note(&mut self, case: &str, has_passed: bool) {
        self.passed.insert(case.to_owned(), has_passed);
    }

    /// Whether every case had its turn.
    pub(super) fn are_complete(&self) -> bool {
        self.has_ended && !self.passed.is_empty()
    }

    /// What is not as the exceptions say.
    pub(super) fn findings(&self, exceptions: &[Exception<'_>]) -> Vec<String> {
        let is_excepted = |case: &str| exceptions.iter().any(|it| it.case == case);
        let failed = self.passed.iter().filter(|(_, passed)| !**passed);
        let unexpected = failed
            .filter(|(case, _)| !is_excepted(case))
            .map(|(case, _)| format!("{case}: failed"));
        let needless =
            exceptions
                .iter()
                .filter_map(|exception| match self.passed.get(exception.case) {
                    Some(false) => None,
                    Some(true) => Some(format!("{}: passes now: strike it out", exception.case)),
                    None => Some(format!("{}: there is no such case", exception.case)),
                });
        unexpected.chain(needless).collect()
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.passed.values().filter(|passed| **passed).count();
        let failed = self.passed.len() - passed;
        write!(f, "{passed} passed, {failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(lines: &[&str]) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for line in lines {
            verdicts.add(line);
        }
        verdicts
    }

    fn findings(list: &str) -> Vec<String> {
        let verdicts = verdicts(&["test a::one ... ok", "test a::two ... FAILED"]);
        verdicts.findings(&Exception::list(list).unwrap())
    }

    #[test]
    fn a_failure_that_is_not_excepted_is_found() {
        assert_eq!(findings("# nothing\n"), ["a::two: failed"]);
        assert!(findings("a::two\tthe server cannot\n").is_empty());
    }

    #[test]
    fn an_exception_that_is_not_needed_is_found() {
        let list = "a::one\told\na::two\tneeded\na::three\tgone\n";
        let expected = [
            "a::one: passes now: strike it out",
            "a::three: there is no such case",
        ];
        assert_eq!(findings(list), expected);
    }

    #[test]
    fn an_exception_needs_a_reason() {
        assert!(Exception::list("a::two\n").is_err());
        assert!(Exception::list("a::two\t \n").is_err());
    }

    #[test]
    fn a_run_is_complete_when_its_result_is_told() {
        assert!(!verdicts(&["test a ... ok"]).are_complete());
        assert!(!verdicts(&["test result: ok. 0 passed; 0 failed"]).are_complete());
        assert!(verdicts(&["test a ... ok", "test result: ok. 1 passed"]).are_complete());
    }
}
