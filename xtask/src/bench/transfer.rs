//! One GiB up and down through a connection, beside nginx as a reverse proxy
//! to the same httpd.

use super::process_figures::cpu_seconds;
use super::scene::Scene;
use super::table::{Row, median};
use super::tools::{curl, seconds};
use crate::json;

const SIZE_BYTES: u64 = 1 << 30;
const SIZE_MIB: f64 = 1024.0;
const RUNS: usize = 3;

/// The medians of some transfers.
struct Figures {
    mib_per_second: f64,
    cpu_seconds: f64,
}

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let up = upload(scene)?;
    let up_nginx = upload_through_nginx(scene)?;
    let down = download(scene)?;
    let down_nginx = download_through_nginx(scene)?;
    Ok([
        rows("1 GiB up", &up, &up_nginx),
        rows("1 GiB down", &down, &down_nginx),
    ]
    .into_iter()
    .flatten()
    .collect())
}

fn rows(name: &str, ours: &Figures, theirs: &Figures) -> [Row; 2] {
    let (speed, cpu) = (ours.mib_per_second, ours.cpu_seconds);
    [
        Row::beside(name, "MiB/s", speed, theirs.mib_per_second),
        Row::beside(format!("{name}, server"), "CPU s", cpu, theirs.cpu_seconds),
    ]
}

fn upload(scene: &Scene) -> anyhow::Result<Figures> {
    figures(scene.server.id(), "wharf", || send(scene))
}

/// Stores a document of one GiB with the httpd; the seconds it took.
pub(super) fn send(scene: &Scene) -> anyhow::Result<f64> {
    let mut curl = curl();
    curl.args(["--request", "POST", "--upload-file"]);
    curl.arg(scene.file(SIZE_BYTES)?);
    curl.args(["--header", &scene.log_in()?.bearer_header()]);
    curl.arg(format!(
        "{}/api/documents?name=up.bin&storage={}",
        scene.server.url, scene.connection
    ));
    seconds(curl)
}

fn upload_through_nginx(scene: &Scene) -> anyhow::Result<Figures> {
    let file = scene.file(SIZE_BYTES)?;
    let user = format!("{}:{}", scene.cloud.username, scene.cloud.password);
    figures(scene.nginx.service.id(), "nginx", || {
        let mut curl = curl();
        curl.args(["--user", &user, "--upload-file"]).arg(&file);
        curl.arg(scene.through_nginx("nginx.bin"));
        seconds(curl)
    })
}

fn download(scene: &Scene) -> anyhow::Result<Figures> {
    let url = content_url(scene)?;
    figures(scene.server.id(), "wharf", || {
        let mut curl = curl();
        curl.args(["--header", &scene.log_in()?.bearer_header(), &url]);
        seconds(curl)
    })
}

fn download_through_nginx(scene: &Scene) -> anyhow::Result<Figures> {
    let user = format!("{}:{}", scene.cloud.username, scene.cloud.password);
    figures(scene.nginx.service.id(), "nginx", || {
        let mut curl = curl();
        curl.args(["--user", &user, &scene.through_nginx("nginx.bin")]);
        seconds(curl)
    })
}

/// The address of the newest document, which an upload left.
pub(super) fn content_url(scene: &Scene) -> anyhow::Result<String> {
    let documents = scene.log_in()?.get("/api/documents?limit=1")?;
    let documents = documents.expect(200)?.json()?;
    let id = json::text(&documents, "/items/0/id")?;
    Ok(format!("{}/api/documents/{id}/content", scene.server.url))
}

fn figures(
    group: u32,
    program: &str,
    transfer: impl Fn() -> anyhow::Result<f64>,
) -> anyhow::Result<Figures> {
    let (mut speeds, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let before = cpu_seconds(group, program)?;
        speeds.push(SIZE_MIB / transfer()?);
        cpu.push(cpu_seconds(group, program)? - before);
    }
    Ok(Figures {
        mib_per_second: median(speeds),
        cpu_seconds: median(cpu),
    })
}
