//! `cargo xtask bench`: Wharf's figures beside those of programs that do
//! nothing but move bytes, in one run on one machine.
//!
//! It prints one table and writes nothing; `docs/performance.md` says what the
//! rows mean.

mod audit;
mod clouds;
mod erasure;
mod footprint;
mod keys;
mod listing;
mod memory;
mod process_figures;
mod refresh;
mod requests;
mod scene;
mod table;
mod tools;
mod transfer;

use crate::arguments::Arguments;
use crate::program;
use crate::service::{apache, nginx, postgres};
use crate::stage::timed;

use scene::Scene;
use table::Row;

/// A part of the table: its name, and what measures it.
type Part = (&'static str, fn(&Scene) -> anyhow::Result<Vec<Row>>);

const PARTS: [Part; 10] = [
    ("footprint", footprint::measure),
    ("transfer", transfer::measure),
    ("memory", memory::measure),
    ("listing", listing::measure),
    ("requests", requests::measure),
    ("refresh", refresh::measure),
    ("clouds", clouds::measure),
    ("erasure", erasure::measure),
    ("keys", keys::measure),
    ("audit", audit::measure),
];

/// Runs the command: every part, or those that are named.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let chosen = arguments.rest();
    for name in chosen {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        anyhow::ensure!(
            names.contains(&name.as_str()),
            "there is no part {name}; there are: {}",
            names.join(", ")
        );
    }
    let needed = [
        postgres::INITDB,
        apache::APACHE2,
        nginx::NGINX,
        tools::CURL,
        tools::WRK,
        audit::PSQL,
        audit::SQLITE3,
    ];
    program::demand(&needed, arguments.has("--install"))?;
    let scene = timed("build and start everything", Scene::start)?;
    let mut rows = Vec::new();
    for (name, measure) in PARTS {
        if chosen.is_empty() || chosen.iter().any(|it| it == name) {
            rows.extend(timed(name, || measure(&scene))?);
        }
    }
    print!("\n{}", table::text(&rows));
    Ok(())
}
