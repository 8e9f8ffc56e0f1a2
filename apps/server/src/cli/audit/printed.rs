//! How the outcome of a check is printed.

use std::io::Write;

use crate::cli::CliError;
use crate::routes::{AuditFault, AuditVerdict};

/// Prints the outcome of a check, which is an error if anything is wrong.
pub(super) fn print(
    verdict: &AuditVerdict,
    as_json: bool,
    out: &mut impl Write,
) -> Result<(), CliError> {
    if as_json {
        let text = serde_json::to_string(verdict).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else {
        print_text(verdict, out)?;
    }
    if verdict.sound {
        Ok(())
    } else {
        Err(CliError::Unsound)
    }
}

fn print_text(verdict: &AuditVerdict, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "events {}", verdict.events)?;
    writeln!(out, "checkpoints {}", verdict.checkpoints)?;
    writeln!(out, "signed until {}", verdict.signed_until)?;
    writeln!(out, "head {} {}", verdict.head_position, verdict.head_hash)?;
    if let Some(waiting) = verdict.waiting {
        writeln!(out, "waiting {waiting}")?;
    }
    for AuditFault { kind, from, to } in &verdict.faults {
        writeln!(out, "fault {kind} {from} {to}")?;
    }
    if verdict.fault_count > verdict.faults.len() as u64 {
        writeln!(out, "faults {}", verdict.fault_count)?;
    }
    if let Some(what) = &verdict.unreadable {
        writeln!(out, "unreadable {what}")?;
    }
    writeln!(out, "{}", if verdict.sound { "sound" } else { "NOT SOUND" })
}
