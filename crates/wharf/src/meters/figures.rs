//! The figures of one Wharf: what is counted as it happens, and what is looked at when somebody asks.

use wharf_domain::environment::Environment;
use wharf_persistence::Database;
use wharf_services::tasks::Tasks;

use super::exporter::{Exporter, keep_up};
use super::gauges::Gauges;
use super::{TABLE, describe};

/// The figures of one Wharf.
#[derive(Clone)]
pub(crate) struct Figures {
    gauges: Gauges,
    exporter: Option<Exporter>,
}

impl Figures {
    /// Describes what is measured, and has it exported if `export` says so.
    pub(crate) fn start(
        export: bool,
        database: &Database,
        environment: &Environment,
        tasks: &Tasks,
    ) -> Self {
        let exporter = export.then(Exporter::of_process).flatten();
        describe(TABLE);
        let gauges = Gauges::new(database.clone(), environment.clone());
        gauges.set_constants();
        if let Some(exporter) = exporter.clone() {
            tasks.background(move |stopping| keep_up(exporter.clone(), stopping));
        }
        Self { gauges, exporter }
    }

    /// All figures as text, if they are exported here.
    pub(crate) async fn render(&self) -> Option<String> {
        let exporter = self.exporter.as_ref()?;
        self.sample().await;
        Some(exporter.render())
    }

    /// Sets the gauges.
    pub(crate) async fn sample(&self) {
        self.gauges.sample().await;
    }
}
