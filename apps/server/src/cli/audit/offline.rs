//! `wharf audit verify --export FILE --key FILE`: checks an export with public keys alone, anywhere. It
//! reads no settings and no database.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::path::Path;

use wharf::PublicKey;
use wharf::audit::export::{LONGEST_LINE, Line};
use wharf::audit::{TrustedKeys, Verification};
use wharf::domain::trail::Checkpoint;

use super::printed::print;
use super::verify::Arguments;
use crate::cli::CliError;
use crate::routes::AuditVerdict;

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<(), CliError> {
    let (Some(export), Some(key)) = (&arguments.export, &arguments.key) else {
        return Ok(());
    };
    let mut outside = arguments.outside()?;
    outside.sort_by_key(|checkpoint| checkpoint.head.position);
    let mut checked = Checked::new(read_keys(key)?, outside.into());
    let input = |source| CliError::Input {
        path: export.clone(),
        source,
    };
    let file = BufReader::new(File::open(export).map_err(input)?);
    for (number, line) in (1..).zip(lines(file)) {
        let line = line.map_err(input)?;
        if let Err(what) = checked.line(&line) {
            checked.unreadable = Some(format!("line {number}: {what}"));
            break;
        }
    }
    print(&checked.finish(), arguments.json, out)
}

fn read_keys(path: &Path) -> Result<TrustedKeys, CliError> {
    let text = fs::read_to_string(path).map_err(|source| CliError::Input {
        path: path.to_owned(),
        source,
    })?;
    let keys: Result<Vec<PublicKey>, _> = text.split_whitespace().map(str::parse).collect();
    match keys {
        Ok(keys) if !keys.is_empty() => Ok(keys.into_iter().collect()),
        _ => Err(CliError::NoPublicKey {
            path: path.to_owned(),
        }),
    }
}

/// The lines of a file, none of which is held in memory if it is longer than any that is written.
pub(super) fn lines(mut file: impl BufRead) -> impl Iterator<Item = io::Result<String>> {
    std::iter::from_fn(move || {
        let mut line = String::new();
        let limit = LONGEST_LINE as u64 + 1;
        match file.by_ref().take(limit).read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => {
                if line.ends_with('\n') {
                    line.pop();
                }
                Some(Ok(line))
            }
            Err(error) => Some(Err(error)),
        }
    })
}

/// An export on its way through the check.
struct Checked {
    verification: Verification,
    /// Checkpoints that were kept elsewhere, in order.
    outside: VecDeque<Checkpoint>,
    links: u64,
    checkpoints: u64,
    has_begun: bool,
    has_ended: bool,
    unreadable: Option<String>,
}

impl Checked {
    fn new(keys: TrustedKeys, outside: VecDeque<Checkpoint>) -> Self {
        Self {
            verification: Verification::new(keys),
            outside,
            links: 0,
            checkpoints: 0,
            has_begun: false,
            has_ended: false,
            unreadable: None,
        }
    }

    /// Takes the next line, or tells what is wrong with it.
    fn line(&mut self, text: &str) -> Result<(), String> {
        let line = Line::parse(text).map_err(|error| error.to_string())?;
        if self.has_ended || self.has_begun == (line == Line::Start) {
            return Err("it stands where no export has it".to_owned());
        }
        match &line {
            Line::Start => self.has_begun = true,
            Line::Link(link) => {
                self.links += 1;
                self.take_outside(link.position.saturating_sub(1));
            }
            Line::Checkpoint(_) => self.checkpoints += 1,
            Line::End { links, checkpoints } => {
                self.has_ended = true;
                if (*links, *checkpoints) != (self.links, self.checkpoints) {
                    return Err("there were more lines once, or fewer".to_owned());
                }
            }
        }
        self.verification.line(&line);
        Ok(())
    }

    fn finish(mut self) -> AuditVerdict {
        if !self.has_ended && self.unreadable.is_none() {
            self.unreadable = Some("it was cut short".to_owned());
        }
        self.take_outside(u64::MAX);
        AuditVerdict::of_export(self.verification.finish(), self.unreadable)
    }

    fn take_outside(&mut self, until: u64) {
        while let Some(checkpoint) = self.outside.pop_front_if(|it| it.head.position <= until) {
            self.verification.checkpoint(&checkpoint);
        }
    }
}
