//! Answers that need no storage, at 64 clients, beside nginx sending the same
//! bytes from a file.

use std::fs;

use super::listing::{fill, folder_id};
use super::scene::Scene;
use super::table::{Row, median};
use super::tools::requests_per_second;

const RUNS: usize = 3;

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let name = "cached-1000";
    fill(scene, name, 1_000)?;
    let folder = folder_id(scene, &scene.log_in()?, name)?;
    let connection = &scene.connection;
    let listing = format!("/api/cloud/connections/{connection}/folders/{folder}?limit=1000");
    Ok(vec![
        row(scene, "connection list", "/api/cloud/connections")?,
        row(scene, "cached listing of 1000", &listing)?,
    ])
}

fn row(scene: &Scene, name: &str, path: &str) -> anyhow::Result<Row> {
    let api = scene.log_in()?;
    let answer = api.get(path)?.expect(200)?;
    fs::write(scene.nginx.files.join("same.json"), &answer.body)?;
    let ours = format!("{}{path}", scene.server.url);
    let theirs = format!("{}/same.json", scene.nginx.url);
    let (mut ours_rates, mut theirs_rates) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours_rates.push(requests_per_second(&ours, &[api.bearer_header()])?);
        theirs_rates.push(requests_per_second(&theirs, &[])?);
    }
    Ok(Row::beside(
        format!("{name}, 64 clients"),
        "requests/s",
        median(ours_rates),
        median(theirs_rates),
    ))
}
