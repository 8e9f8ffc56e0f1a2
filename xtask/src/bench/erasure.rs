//! The erasure of a user with a thousand documents over four storages: how long until the account is gone,
//! and how long until everything is. The sandbox answers for three of them, in a release build, on the same
//! two processors.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::clouds;
use super::process_figures::{Memory, cpu_seconds, forget_peak, memory_mib};
use super::scene::{self, Scene};
use super::table::Row;
use crate::api::Api;
use crate::service::sandbox::Sandbox;
use crate::service::server::Server;
use crate::{consent, json, random};

const ADMIN: &str = "root@example.com";
const USER: &str = "doomed@example.com";
const PER_STORAGE: usize = 250;

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let sandbox = Sandbox::start(&clouds::build()?)?;
    let server = Server::start_with(&scene.program, sandbox.providers.clone())?;
    let password = random::password()?;
    server.create_admin(ADMIN, &password)?;
    server.create_user(USER, &password)?;
    let user = fill(scene, &server, &password)?;

    let (admin, _) = Api::log_in(&server.url, ADMIN, &password)?;
    forget_peak(server.id(), "wharf")?;
    let before = cpu_seconds(server.id(), "wharf")?;
    let began = Instant::now();
    let begun = admin.delete(&format!("/api/admin/users/{user}"))?;
    let gone = began.elapsed().as_secs_f64() * 1000.0;
    let path = begun.expect(202)?.header("location")?.to_owned();
    let receipt = ended(&admin, &path)?;
    let took = began.elapsed().as_secs_f64();
    anyhow::ensure!(json::text(&receipt, "/state")? == "complete", "{receipt}");
    let took_cpu = cpu_seconds(server.id(), "wharf")? - before;
    let peak = memory_mib(server.id(), "wharf", Memory::Peak)?;
    Ok(vec![
        Row::alone("1,000 documents, account gone", "ms", gone),
        Row::alone("1,000 documents, all erased", "s", took),
        Row::alone("1,000 documents, server", "CPU s", took_cpu),
        Row::alone("1,000 documents, peak memory", "MiB", peak),
    ])
}

/// Connects Google, OneDrive and the httpd, and stores documents there and in the house; the user's id.
fn fill(scene: &Scene, server: &Server, password: &str) -> anyhow::Result<String> {
    let (api, _) = Api::log_in(&server.url, USER, password)?;
    let storages = [
        consent::connect(&api, "google_drive", consent::ANNA)?,
        consent::connect(&api, "onedrive", consent::ANNA)?,
        scene::connect(&api, &scene.cloud)?,
        "house".to_owned(),
    ];
    for storage in &storages {
        for number in 0..PER_STORAGE {
            let path = format!("/api/documents?name=report-{number:03}.bin&storage={storage}");
            api.upload(&path, b"bytes")?.expect(201)?;
        }
    }
    let me = api.get("/api/users/me")?.expect(200)?.json()?;
    Ok(json::text(&me, "/id")?.to_owned())
}

fn ended(admin: &Api, path: &str) -> anyhow::Result<Value> {
    const PATIENCE: Duration = Duration::from_secs(300);
    let began = Instant::now();
    loop {
        let report = admin.get(path)?.expect(200)?.json()?;
        if json::text(&report, "/state")? != "running" {
            return Ok(report);
        }
        anyhow::ensure!(began.elapsed() < PATIENCE, "it never ends: {report}");
        sleep(Duration::from_millis(50));
    }
}
