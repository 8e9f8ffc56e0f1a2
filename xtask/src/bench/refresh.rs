//! How long a new token is in the process alone: from the provider's answer to
//! the stored row, as the server itself measures it. The databases keep their
//! promise of durability here, so that beside it stands what the disk takes to
//! keep as much.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use super::scene::Scene;
use super::table::Row;
use crate::api::Api;
use crate::service::postgres::Postgres;
use crate::service::sandbox::Sandbox;
use crate::service::server::Server;
use crate::{consent, random, stage, workspace};

/// Users who have each connected a Google Drive.
const USERS: usize = 16;

/// How often all their tokens end at once.
const ROUNDS: usize = 125;

/// Longer than any access token lasts.
const LIFE_SECS: u64 = 7_200;

const BUCKET: &str = "wharf_refresh_store_duration_seconds_bucket";

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let sandbox = Sandbox::start(&build()?)?;
    let postgres = Postgres::start_durable()?;
    let urls = postgres.environment().into_iter().map(|(_, url)| url);
    let on_postgres = urls.map(|url| ("WHARF_DATABASE_URL", url)).collect();
    let mut all = rows(scene, &sandbox, "PostgreSQL", on_postgres)?;
    all.extend(rows(scene, &sandbox, "SQLite", Vec::new())?);
    Ok(all)
}

/// One refresh after the other, and as many at once as there are users.
fn rows(
    scene: &Scene,
    sandbox: &Sandbox,
    name: &str,
    database: Vec<(&'static str, String)>,
) -> anyhow::Result<Vec<Row>> {
    let mut settings = database;
    settings.extend(sandbox.providers.clone());
    settings.push(("WHARF_METRICS", "true".to_owned()));
    let server = Server::start_with(&scene.program, settings)?;
    let users: Vec<(Api, String)> = (0..USERS)
        .map(|number| user(&server, number))
        .collect::<anyhow::Result<_>>()?;
    let mut measured = Vec::new();
    let disk = disk_seconds(scene)?;
    for (at_once, how) in [(1, "one by one"), (USERS, "16 at once")] {
        let before = buckets(&users)?;
        for _ in 0..ROUNDS {
            sandbox.advance_clock(LIFE_SECS)?;
            users.chunks(at_once).try_for_each(call_all)?;
        }
        let mut grew = buckets(&users)?;
        for (bound, count) in &mut grew {
            *count -= before.get(bound).copied().unwrap_or_default();
        }
        let all = grew.values().last().copied().unwrap_or_default();
        anyhow::ensure!(all >= as_float(USERS * ROUNDS), "only {all} refreshes");
        for (share, which) in [(0.5, "median"), (0.99, "p99")] {
            let label = format!("refreshes {how}, answer to row, {name}, {which}");
            let ours = quantile(&grew, share) * 1000.0;
            let theirs = within(&disk, share) * 1000.0;
            measured.push(Row::beside(label, "ms", ours, theirs));
        }
    }
    Ok(measured)
}

/// A user with a connection; gives its id.
fn user(server: &Server, number: usize) -> anyhow::Result<(Api, String)> {
    let (email, password) = (format!("user-{number}@example.com"), random::password()?);
    server.create_user(&email, &password)?;
    let (api, _) = Api::log_in(&server.url, &email, &password)?;
    let connection = consent::connect(&api, "google_drive", consent::ANNA)?;
    Ok((api, connection))
}

/// Everybody uses their connection at the same time.
fn call_all(users: &[(Api, String)]) -> anyhow::Result<()> {
    thread::scope(|scope| {
        let calls: Vec<_> = users
            .iter()
            .map(|(api, connection)| {
                let path = format!("/api/cloud/connections/{connection}/check");
                scope.spawn(move || api.post(&path, &json!({}))?.expect(200).map(drop))
            })
            .collect();
        calls.into_iter().try_for_each(|call| {
            call.join()
                .map_err(|_| anyhow::anyhow!("a call panicked"))?
        })
    })
}

/// What the disk takes to keep one page of a database, again and again, from
/// the shortest to the longest.
fn disk_seconds(scene: &Scene) -> anyhow::Result<Vec<f64>> {
    let mut file = File::create(scene.folder.path().join("page"))?;
    let mut took = Vec::with_capacity(ROUNDS * 4);
    for _ in 0..ROUNDS * 4 {
        file.write_all(&[7; 8192])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed().as_secs_f64());
    }
    took.sort_by(f64::total_cmp);
    Ok(took)
}

/// The time within which this share of all was done.
fn within(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length is an index"
    )]
    let index = (as_float(sorted.len()) * share) as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

fn build() -> anyhow::Result<std::path::PathBuf> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--locked", "--bin=wharf-sandbox"]);
    stage::run(cargo.arg("--package=wharf-sandbox"))?;
    Ok(workspace::target()?.join("debug/wharf-sandbox"))
}

/// What the server has measured so far.
fn buckets(users: &[(Api, String)]) -> anyhow::Result<BTreeMap<u64, f64>> {
    let (api, _) = users.first().context("nobody is there")?;
    let figures = api.get("/metrics")?.expect(200)?.body;
    read(str::from_utf8(&figures)?)
}

/// How many were no longer than each bound, in microseconds.
fn read(figures: &str) -> anyhow::Result<BTreeMap<u64, f64>> {
    let lines = figures.lines().filter(|line| line.starts_with(BUCKET));
    let bucket = |line: &str| {
        let (_, rest) = line.split_once("le=\"").context("no bound")?;
        let (bound, count) = rest.split_once("\"} ").context("no count")?;
        let bound: f64 = if bound == "+Inf" { 1e6 } else { bound.parse()? };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounds are seconds, and none is negative"
        )]
        let micros = (bound * 1e6).round() as u64;
        anyhow::Ok((micros, count.parse()?))
    };
    lines.map(bucket).collect()
}

/// The seconds within which this share of all was done; between two bounds
/// they are taken to lie evenly, as Prometheus's `histogram_quantile` does.
fn quantile(buckets: &BTreeMap<u64, f64>, share: f64) -> f64 {
    let all = buckets.values().last().copied().unwrap_or_default();
    let (mut below, mut fewer) = (0.0, 0.0);
    for (micros, count) in buckets {
        let bound = Duration::from_micros(*micros).as_secs_f64();
        if *count >= all * share && *count > fewer {
            return below + (bound - below) * (all * share - fewer) / (count - fewer);
        }
        (below, fewer) = (bound, *count);
    }
    f64::NAN
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn as_float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_lies_within_its_bucket() {
        let figures = "# TYPE x histogram\n\
            wharf_refresh_store_duration_seconds_bucket{provider=\"google_drive\",le=\"0.001\"} 50\n\
            wharf_refresh_store_duration_seconds_bucket{provider=\"google_drive\",le=\"0.0025\"} 98\n\
            wharf_refresh_store_duration_seconds_bucket{provider=\"google_drive\",le=\"0.005\"} 100\n\
            wharf_refresh_store_duration_seconds_bucket{provider=\"google_drive\",le=\"+Inf\"} 100\n";
        let buckets = read(figures).unwrap();
        for (share, expected) in [(0.5, 0.001), (0.99, 0.003_75), (1.0, 0.005)] {
            let found = quantile(&buckets, share);
            assert!((found - expected).abs() < 1e-9, "{found}");
        }
        assert!(quantile(&BTreeMap::new(), 0.5).is_nan());
    }
}
