//! `wharf keys rotate`: has another key take the place of the primary one. A terminal shows how far it is.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use wharf::services::operator_keys::{OperatorKeys, Progress};

use super::operator;
use crate::cli::CliError;

#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// How long servers are waited for that have not loaded the new key yet, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    wait_secs: u64,
}

pub(super) async fn run(
    keys: &OperatorKeys,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let patience = Duration::from_secs(arguments.wait_secs);
    // It is drawn on standard error, and where that is no terminal not at all.
    let bar = ProgressBar::new_spinner();
    let mut draw = |progress| show(&bar, &progress);
    let rotated = keys.rotate(&operator(keys), patience, &mut draw).await;
    bar.finish_and_clear();
    let rotated = rotated?;
    let what = if rotated.resumed {
        "an earlier rotation is finished"
    } else {
        "rotated"
    };
    let (key, records) = (rotated.key, rotated.rewrapped);
    writeln!(
        out,
        "{what}: {key} is the primary key, {records} records were wrapped anew"
    )?;
    if rotated.damaged > 0 {
        let damaged = rotated.damaged;
        writeln!(
            out,
            "{damaged} records are damaged and were left as they are; the log names them"
        )?;
    }
    Ok(())
}

fn show(bar: &ProgressBar, progress: &Progress) {
    match progress {
        Progress::Added(id) => bar.set_message(format!("added the key {id}")),
        Progress::Waiting { servers } => {
            bar.set_message(format!("waiting for {servers} servers to load the key"));
        }
        Progress::Promoted(id) => bar.set_message(format!("promoted the key {id}")),
        Progress::Rewrapping { done, total } => {
            let template = "{bar:40} {pos}/{len} records, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_length(*total);
            bar.set_position(*done);
        }
    }
    bar.tick();
}
