//! What Wharf is while it does nothing: the size of its program, the time it
//! takes to start on a fresh SQLite file, the memory it holds then.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::process_figures::{Memory, memory_mib};
use super::scene::Scene;
use super::table::{Row, median};
use crate::service::server::Server;

const MIB: f64 = 1024.0 * 1024.0;

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let (mut starts, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let begun = Instant::now();
        let server = Server::start(&scene.program)?;
        starts.push(begun.elapsed().as_secs_f64() * 1000.0);
        // Whatever the start left running has ended by then.
        sleep(Duration::from_secs(1));
        idle.push(memory_mib(server.id(), "wharf", Memory::Now)?);
    }
    #[expect(clippy::cast_precision_loss, reason = "a program has not 2^53 bytes")]
    let size_bytes = fs::metadata(&scene.program)?.len() as f64;
    Ok(vec![
        Row::alone("binary", "MiB", size_bytes / MIB),
        Row::alone("start to ready, fresh SQLite", "ms", median(starts)),
        Row::alone("idle memory", "MiB", median(idle)),
    ])
}
