//! Peak memory with fifty slow readers of one GiB each: nothing may grow with
//! the size of a file or pile up before a slow reader.

use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use super::process_figures::{Memory, forget_peak, memory_mib};
use super::scene::Scene;
use super::table::Row;
use super::tools::curl;
use super::transfer;

const READERS: usize = 50;

/// Longer than the server takes to give back what the upload and the log-in before needed.
const SETTLED: Duration = Duration::from_secs(3);

/// As long as buffers may need to fill, and much longer than they should.
const WATCHED: Duration = Duration::from_secs(10);

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    transfer::send(scene)?;
    let url = transfer::content_url(scene)?;
    let header = scene.log_in()?.bearer_header();
    sleep(SETTLED);
    forget_peak(scene.server.id(), "wharf")?;
    let before = memory_mib(scene.server.id(), "wharf", Memory::Now)?;
    let mut readers = Readers(Vec::new());
    for _ in 0..READERS {
        let mut curl = curl();
        curl.args(["--limit-rate", "1M", "--header", &header, &url]);
        readers.0.push(curl.spawn()?);
    }
    sleep(WATCHED);
    for reader in &mut readers.0 {
        anyhow::ensure!(reader.try_wait()?.is_none(), "a reader ended early");
    }
    let peak = memory_mib(scene.server.id(), "wharf", Memory::Peak)?;
    Ok(vec![
        Row::alone("memory before the slow downloads", "MiB", before),
        Row::alone("peak memory with 50 slow downloads", "MiB", peak),
    ])
}

/// Running clients; dropping them stops them.
struct Readers(Vec<Child>);

impl Drop for Readers {
    fn drop(&mut self) {
        for reader in &mut self.0 {
            // It may have ended already.
            drop(reader.kill());
            drop(reader.wait());
        }
    }
}
