//! `wharf audit export`: prints the whole trail as JSON lines.

use std::io::{BufWriter, Write};

use wharf::Wharf;
use wharf::settings::Settings;

use crate::cli::CliError;

pub(super) async fn run(settings: &Settings, out: &mut impl Write) -> Result<(), CliError> {
    let trail = Wharf::audit_trail(settings).await?;
    let (mut export, mut out) = (trail.export(), BufWriter::new(out));
    while let Some(lines) = export.next().await? {
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}
