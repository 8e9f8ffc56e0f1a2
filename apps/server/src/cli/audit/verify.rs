//! `wharf audit verify`: checks the trail in the database.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

use clap::Args;
use wharf::Wharf;
use wharf::audit::export::Line;
use wharf::domain::trail::Checkpoint;
use wharf::settings::Settings;

use super::offline;
use super::printed::print;
use crate::cli::CliError;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Check this export instead of the database; needs --key, and no settings.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(super) export: Option<PathBuf>,
    /// The public keys whose checkpoints are believed, one a line, as `wharf audit keys` prints them.
    #[arg(long, value_name = "FILE", requires = "export")]
    pub(super) key: Option<PathBuf>,
    /// Compare with these checkpoints as well, one a line, as they were copied out of the database.
    #[arg(long, value_name = "FILE")]
    pub(super) checkpoints: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(super) json: bool,
}

impl Arguments {
    pub(super) fn is_offline(&self) -> bool {
        self.export.is_some()
    }

    /// The checkpoints that were kept elsewhere.
    pub(super) fn outside(&self) -> Result<Vec<Checkpoint>, CliError> {
        let Some(path) = &self.checkpoints else {
            return Ok(Vec::new());
        };
        let file = File::open(path).map_err(|source| CliError::Input {
            path: path.clone(),
            source,
        })?;
        let mut checkpoints = Vec::new();
        for (number, line) in (1..).zip(offline::lines(BufReader::new(file))) {
            let line = line.map_err(|source| CliError::Input {
                path: path.clone(),
                source,
            })?;
            match Line::parse(&line) {
                Ok(Line::Checkpoint(checkpoint)) => checkpoints.push(checkpoint),
                _ => {
                    return Err(CliError::NoCheckpoint {
                        path: path.clone(),
                        line: number,
                    });
                }
            }
        }
        Ok(checkpoints)
    }
}

pub(super) async fn run(
    settings: &Settings,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let outside = arguments.outside()?;
    let trail = Wharf::audit_trail(settings).await?;
    let report = trail.verify(outside).await?;
    print(&report.into(), arguments.json, out)
}
