//! The Prometheus exporter of this process. It knows no meter.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

/// The media type of what [`crate::Wharf::metrics`] gives: Prometheus's text format.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Bounds between which durations are counted, in seconds: from a cached answer to a slow storage.
const BOUNDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];

/// How often what was recorded is sorted into buckets. Until then every recording takes memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// Where the figures of this process come together.
#[derive(Clone)]
pub(crate) struct Exporter(PrometheusHandle);

impl Exporter {
    /// The exporter of this process, installed by whoever asks first. `None` if the embedding program
    /// has a recorder of its own: that one gets everything.
    pub(crate) fn of_process() -> Option<Self> {
        static INSTALLED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
        INSTALLED.get_or_init(install).clone().map(Self)
    }

    /// All figures in Prometheus's text format.
    pub(crate) fn render(&self) -> String {
        self.0.render()
    }
}

fn install() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS);
    let recorder = builder.expect("there are bounds").build_recorder();
    let handle = recorder.handle();
    match metrics::set_global_recorder(recorder) {
        Ok(()) => Some(handle),
        Err(_) => {
            tracing::info!("metrics go to a recorder that was installed before");
            None
        }
    }
}

/// Keeps the exporter small until it is told to stop.
pub(crate) async fn keep_up(exporter: Exporter, stopping: CancellationToken) {
    while !stopping.is_cancelled() {
        exporter.0.run_upkeep();
        tokio::select! {
            () = tokio::time::sleep(UPKEEP) => {}
            () = stopping.cancelled() => {}
        }
    }
}
