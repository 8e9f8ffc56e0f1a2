//! A stage of a longer run: its name, what it took, whether it went well.

use std::fmt;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Does the work and prints how long it took, whether it succeeds or not.
pub(crate) fn timed<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("==> {name}");
    let start = Instant::now();
    let result = work();
    let verdict = if result.is_ok() { "done" } else { "FAILED" };
    println!("    {name}: {verdict} in {}", Took(start.elapsed()));
    result
}

/// Runs the command with our terminal and demands that it succeeds.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    anyhow::ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}

/// Fails with the findings, if there are any.
pub(crate) fn demand_none(findings: &[String]) -> anyhow::Result<()> {
    anyhow::ensure!(findings.is_empty(), "{}", findings.join("\n"));
    Ok(())
}

/// A duration as a person says it.
pub(crate) struct Took(pub(crate) Duration);

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            0 => write!(f, "{} ms", self.0.as_millis()),
            1..60 => write!(f, "{:.1} s", self.0.as_secs_f64()),
            _ => write!(f, "{} min {} s", seconds / 60, seconds % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let said = |millis| Took(Duration::from_millis(millis)).to_string();
        assert_eq!(said(12), "12 ms");
        assert_eq!(said(1_250), "1.2 s");
        assert_eq!(said(125_000), "2 min 5 s");
    }

    #[test]
    fn a_failing_program_is_an_error() {
        assert!(run(&mut Command::new("false")).is_err());
        assert!(run(&mut Command::new("true")).is_ok());
    }

    #[test]
    fn findings_are_all_shown() {
        let error = demand_none(&["one".to_owned(), "two".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "one\ntwo");
        assert!(demand_none(&[]).is_ok());
    }
}
