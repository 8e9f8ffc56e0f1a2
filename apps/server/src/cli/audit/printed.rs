//! How the outcome of a check is printed.

use std::io::Write;

use serde::Serialize;
use wharf::audit::{Fault, Verdict};
use wharf::services::trail::Report;

use crate::cli::CliError;

/// What a check came to.
#[derive(Serialize)]
pub(super) struct Printed {
    sound: bool,
    events: u64,
    checkpoints: u64,
    signed_until: u64,
    head_position: u64,
    head_hash: String,
    faults: Vec<PrintedFault>,
    fault_count: u64,
    unreadable: Option<String>,
    /// Unknown of an export.
    waiting: Option<u64>,
}

#[derive(Serialize)]
struct PrintedFault {
    kind: &'static str,
    from: u64,
    to: u64,
}

impl From<&Fault> for PrintedFault {
    fn from(fault: &Fault) -> Self {
        let (from, to) = fault.range();
        Self {
            kind: fault.name(),
            from,
            to,
        }
    }
}

impl From<Report> for Printed {
    fn from(report: Report) -> Self {
        Self {
            waiting: Some(report.waiting),
            ..Self::of(report.verdict, report.unreadable)
        }
    }
}

impl Printed {
    pub(super) fn of(verdict: Verdict, unreadable: Option<String>) -> Self {
        let Verdict {
            head,
            links,
            checkpoints,
            signed_until,
            faults,
            fault_count,
        } = verdict;
        Self {
            sound: fault_count == 0 && unreadable.is_none(),
            events: links,
            checkpoints,
            signed_until,
            head_position: head.position,
            head_hash: head.hash.to_string(),
            faults: faults.iter().map(PrintedFault::from).collect(),
            fault_count,
            unreadable,
            waiting: None,
        }
    }

    pub(super) const fn is_sound(&self) -> bool {
        self.sound
    }

    pub(super) fn print(&self, as_json: bool, out: &mut impl Write) -> Result<(), CliError> {
        let written = if as_json {
            let text = serde_json::to_string(self).map_err(std::io::Error::from);
            text.and_then(|text| writeln!(out, "{text}"))
        } else {
            self.print_text(out)
        };
        Ok(written?)
    }

    fn print_text(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "events {}", self.events)?;
        writeln!(out, "checkpoints {}", self.checkpoints)?;
        writeln!(out, "signed until {}", self.signed_until)?;
        writeln!(out, "head {} {}", self.head_position, self.head_hash)?;
        if let Some(waiting) = self.waiting {
            writeln!(out, "waiting {waiting}")?;
        }
        for PrintedFault { kind, from, to } in &self.faults {
            writeln!(out, "fault {kind} {from} {to}")?;
        }
        if self.fault_count > self.faults.len() as u64 {
            writeln!(out, "faults {}", self.fault_count)?;
        }
        if let Some(what) = &self.unreadable {
            writeln!(out, "unreadable {what}")?;
        }
        writeln!(out, "{}", if self.sound { "sound" } else { "NOT SOUND" })
    }
}
