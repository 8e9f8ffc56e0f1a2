//! Peak memory with fifty slow readers of one GiB each: nothing may grow with
//! the size of a file or pile up before a slow reader.

use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use super::process_figures::{Memory, memory_mib};
use super::scene::{Scene, zeros};
use super::table::Row;
use super::tools::curl;
use crate::json;

const READERS: usize = 50;
const NAME: &str = "slow.bin";

/// As long as buffers may need to fill, and much longer than they should.
const WATCHED: Duration = Duration::from_secs(10);

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let url = document(scene)?;
    let header = scene.log_in()?.bearer_header();
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

/// A document of one GiB that lies with the httpd. A small one is uploaded and
/// its file made longer, so that the upload is no part of what is measured.
fn document(scene: &Scene) -> anyhow::Result<String> {
    let path = format!("/api/documents?name={NAME}&storage={}", scene.connection);
    let stored = scene
        .log_in()?
        .upload(&path, b"short")?
        .expect(201)?
        .json()?;
    let id = json::text(&stored, "/id")?;
    zeros(&scene.files().join("Wharf").join(NAME), 1 << 30)?;
    Ok(format!("{}/api/documents/{id}/content", scene.server.url))
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
