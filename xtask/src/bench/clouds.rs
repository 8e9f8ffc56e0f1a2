//! The connected clouds and the house in a bucket: contents up and down, listings, and what each
//! operation asks of the provider. The sandbox answers, in a release build, on the same two processors:
//! rates are those of both, processor time is the server's own.

use std::time::Instant;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::process_figures::{Memory, cpu_seconds, forget_peak, memory_mib};
use super::scene::Scene;
use super::table::{Row, median};
use super::tools::{curl, seconds};
use crate::api::Api;
use crate::python::Environment;
use crate::service::s3::{BUCKET, S3};
use crate::service::sandbox::{Sandbox, WebDavAccount};
use crate::service::server::Server;
use crate::{consent, json, random, stage, workspace};

const SIZE_BYTES: u64 = 256 << 20;
const SIZE_MIB: f64 = 256.0;
const PER_GIB: f64 = 4.0;
const RUNS: usize = 3;

const EMAIL: &str = "clouds@example.com";

/// A folder of ten thousand files that everyone has at Google and at Microsoft.
const WIDE: &str = "Ten thousand files";

/// A cloud that is connected.
struct Cloud {
    name: &'static str,
    connection: String,
    /// Whether everyone there has the folder of ten thousand files.
    has_wide: bool,
}

/// A server, and somebody who uses it.
struct Sky {
    server: Server,
    password: String,
}

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let sandbox = Sandbox::start(&build()?)?;
    let sky = Sky::start(scene, sandbox.providers.clone())?;
    let api = sky.log_in()?;
    let clouds = [
        Cloud {
            name: "Google Drive",
            connection: consent::connect(&api, "google_drive", consent::CLARA)?,
            has_wide: true,
        },
        Cloud {
            name: "OneDrive",
            connection: consent::connect(&api, "onedrive", consent::CLARA)?,
            has_wide: true,
        },
        Cloud {
            name: "Nextcloud",
            connection: connect_nextcloud(&api, &sandbox.nextcloud)?,
            has_wide: false,
        },
    ];
    let mut rows = Vec::new();
    for cloud in &clouds {
        rows.extend(sky.contents(scene, cloud.name, &cloud.connection)?);
        rows.extend(sky.listings(scene, &sandbox, cloud)?);
        rows.extend(sky.requests(&sandbox, cloud)?);
    }
    rows.extend(in_a_bucket(scene)?);
    Ok(rows)
}

/// The house in a bucket of `rclone serve s3`, which keeps it on the disk.
fn in_a_bucket(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let programs = Environment::prepare(false)?;
    let s3 = S3::rclone(&programs.program("rclone"))?;
    let settings = vec![
        ("WHARF_HOUSE_STORAGE", format!("s3://{BUCKET}/house")),
        ("WHARF_S3__ENDPOINT", s3.endpoint.clone()),
        ("WHARF_S3__ACCESS_KEY_ID", s3.key_id.clone()),
        ("WHARF_S3__SECRET_ACCESS_KEY", s3.key.clone()),
    ];
    Sky::start(scene, settings)?.contents(scene, "house in a bucket", "house")
}

fn connect_nextcloud(api: &Api, cloud: &WebDavAccount) -> anyhow::Result<String> {
    let account = json!({
        "provider": "nextcloud",
        "server_url": cloud.url,
        "username": cloud.username,
        "password": cloud.password,
    });
    let connected = api.post("/api/cloud/connections/webdav", &account)?;
    let connected = connected.expect(201)?.json()?;
    Ok(json::text(&connected, "/id")?.to_owned())
}

/// The sandbox in a release build, so that it is not what is measured.
pub(super) fn build() -> anyhow::Result<std::path::PathBuf> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--release", "--locked", "--bin=wharf-sandbox"]);
    stage::run(cargo.arg("--package=wharf-sandbox"))?;
    Ok(workspace::target()?.join("release/wharf-sandbox"))
}

impl Sky {
    fn start(scene: &Scene, settings: Vec<(&'static str, String)>) -> anyhow::Result<Self> {
        let server = Server::start_with(&scene.program, settings)?;
        let password = random::password()?;
        server.create_user(EMAIL, &password)?;
        Ok(Self { server, password })
    }

    /// The user with a fresh access token: the old one may have expired.
    fn log_in(&self) -> anyhow::Result<Api> {
        let (api, _) = Api::log_in(&self.server.url, EMAIL, &self.password)?;
        Ok(api)
    }

    /// A content up and down, the server's processor time for a GiB of it, and the most memory it took.
    fn contents(&self, scene: &Scene, name: &str, storage: &str) -> anyhow::Result<Vec<Row>> {
        let file = scene.file(SIZE_BYTES)?;
        forget_peak(self.server.id(), "wharf")?;
        let mut documents = Vec::new();
        let up = self.transfers(|| {
            let header = self.log_in()?.bearer_header();
            let began = Instant::now();
            let mut curl = std::process::Command::new("curl");
            curl.args(["--silent", "--show-error", "--noproxy", "*", "--fail"]);
            curl.args(["--request", "POST", "--upload-file"]).arg(&file);
            curl.args(["--header", &header]);
            curl.arg(format!(
                "{}/api/documents?name=bench.bin&storage={storage}",
                self.server.url
            ));
            let output = curl.output().context("curl")?;
            let took = began.elapsed().as_secs_f64();
            anyhow::ensure!(output.status.success(), "curl ended with {}", output.status);
            let document: Value = serde_json::from_slice(&output.stdout)?;
            documents.push(json::text(&document, "/id")?.to_owned());
            Ok(took)
        })?;
        let document = documents.first().context("nothing was stored")?;
        let url = format!("{}/api/documents/{document}/content", self.server.url);
        let down = self.transfers(|| {
            let mut curl = curl();
            curl.args(["--header", &self.log_in()?.bearer_header(), &url]);
            seconds(curl)
        })?;
        let peak = memory_mib(self.server.id(), "wharf", Memory::Peak)?;
        for document in &documents {
            let path = format!("/api/documents/{document}");
            self.log_in()?.delete(&path)?.expect(200)?;
        }
        Ok(vec![
            Row::alone(format!("{name}, up"), "MiB/s", up.mib_per_second),
            Row::alone(format!("{name}, 1 GiB up, server"), "CPU s", up.cpu_seconds),
            Row::alone(format!("{name}, down"), "MiB/s", down.mib_per_second),
            Row::alone(
                format!("{name}, 1 GiB down, server"),
                "CPU s",
                down.cpu_seconds,
            ),
            Row::alone(format!("{name}, peak memory"), "MiB", peak),
        ])
    }

    fn transfers(
        &self,
        mut transfer: impl FnMut() -> anyhow::Result<f64>,
    ) -> anyhow::Result<Figures> {
        let (mut speeds, mut cpu) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let before = cpu_seconds(self.server.id(), "wharf")?;
            speeds.push(SIZE_MIB / transfer()?);
            let took = cpu_seconds(self.server.id(), "wharf")? - before;
            cpu.push(took * PER_GIB);
        }
        Ok(Figures {
            mib_per_second: median(speeds),
            cpu_seconds: median(cpu),
        })
    }

    /// Folders of 1,000 and of 10,000 files, all pages, read anew for the first.
    fn listings(
        &self,
        scene: &Scene,
        sandbox: &Sandbox,
        cloud: &Cloud,
    ) -> anyhow::Result<Vec<Row>> {
        let api = self.log_in()?;
        let thousand = make_folder(&api, cloud, "A thousand")?;
        for number in 0..1_000 {
            let path = format!(
                "/api/cloud/connections/{}/folders/{thousand}/items?name=report-{number:05}.pdf",
                cloud.connection
            );
            api.put(&path, b"bytes")?.expect(201)?;
        }
        let ten_thousand = if cloud.has_wide {
            folder_called(&api, cloud, WIDE)?
        } else {
            let folder = make_folder(&api, cloud, WIDE)?;
            fill(scene, &sandbox.nextcloud, WIDE)?;
            folder
        };
        [(1_000, thousand), (10_000, ten_thousand)]
            .into_iter()
            .map(|(entries, folder)| {
                let api = self.log_in()?;
                let mut took = Vec::new();
                for _ in 0..RUNS {
                    let began = Instant::now();
                    let listed = count(&api, &cloud.connection, &folder)?;
                    took.push(began.elapsed().as_secs_f64() * 1000.0);
                    anyhow::ensure!(listed == entries, "{listed} of {entries} are listed");
                }
                let label = format!("{}, uncached listing of {entries}", cloud.name);
                Ok(Row::alone(label, "ms", median(took)))
            })
            .collect()
    }

    /// How many requests each operation makes at the provider.
    fn requests(&self, sandbox: &Sandbox, cloud: &Cloud) -> anyhow::Result<Vec<Row>> {
        let api = self.log_in()?;
        let connection = &cloud.connection;
        let store = format!("/api/documents?name=small.bin&storage={connection}");
        // The first one makes the folder that documents lie in.
        api.upload(&store, b"bytes")?.expect(201)?;
        let mut made = String::new();
        let upload = sandbox.requests_during(|| {
            let document = api.upload(&store, b"bytes")?.expect(201)?.json()?;
            made = json::text(&document, "/id")?.to_owned();
            Ok(())
        })?;
        let content = format!("/api/documents/{made}/content");
        let download = sandbox.requests_during(|| api.get(&content)?.expect(200).map(drop))?;
        let part =
            sandbox.requests_during(|| api.get_range(&content, 1, 2)?.expect(206).map(drop))?;
        let listing = format!("/api/cloud/connections/{connection}/folders/root?fresh=true");
        let listed = sandbox.requests_during(|| api.get(&listing)?.expect(200).map(drop))?;
        let document = format!("/api/documents/{made}");
        let deleted = sandbox.requests_during(|| api.delete(&document)?.expect(200).map(drop))?;
        let check = format!("/api/cloud/connections/{connection}/check");
        let checked =
            sandbox.requests_during(|| api.post(&check, &json!({}))?.expect(200).map(drop))?;
        let figures = [
            ("small upload", upload),
            ("download", download),
            ("part of a download", part),
            ("listing of the top", listed),
            ("deletion", deleted),
            ("check", checked),
        ];
        let rows = figures.map(|(operation, requests)| {
            let label = format!("{}, {operation}", cloud.name);
            Row::alone(label, "requests", requests)
        });
        Ok(rows.into())
    }
}

/// The medians of some transfers.
struct Figures {
    mib_per_second: f64,
    cpu_seconds: f64,
}

/// Reads a folder anew and to its end, as pages of a thousand.
fn count(api: &Api, connection: &str, folder: &str) -> anyhow::Result<usize> {
    let path = format!("/api/cloud/connections/{connection}/folders/{folder}?limit=1000");
    let first = format!("{path}&fresh=true");
    let mut page = api.get(&first)?.expect(200)?.json()?;
    let mut listed = json::list(&page, "/items")?.len();
    while let Some(cursor) = page.pointer("/next_cursor").and_then(Value::as_str) {
        let next = format!("{path}&cursor={cursor}");
        page = api.get(&next)?.expect(200)?.json()?;
        listed += json::list(&page, "/items")?.len();
    }
    Ok(listed)
}

/// The id of a fresh folder at the top.
fn make_folder(api: &Api, cloud: &Cloud, name: &str) -> anyhow::Result<String> {
    let path = format!("/api/cloud/connections/{}/folders", cloud.connection);
    let made = api.post(&path, &json!({"parent_id": "root", "name": name}))?;
    Ok(json::text(&made.expect(201)?.json()?, "/id")?.to_owned())
}

/// The id of a folder at the top.
fn folder_called(api: &Api, cloud: &Cloud, name: &str) -> anyhow::Result<String> {
    let path = format!(
        "/api/cloud/connections/{}/folders/root?limit=1000",
        cloud.connection
    );
    let top = api.get(&path)?.expect(200)?.json()?;
    let mut items = json::list(&top, "/items")?.iter();
    let found = items.find(|item| item.pointer("/name").is_some_and(|it| it == name));
    let found = found.with_context(|| format!("no folder {name}"))?;
    Ok(json::text(found, "/id")?.to_owned())
}

/// Puts ten thousand files into a folder at the top of the Nextcloud, past Wharf.
fn fill(scene: &Scene, cloud: &WebDavAccount, folder: &str) -> anyhow::Result<()> {
    let mut curl = curl();
    let login = format!("{}:{}", cloud.username, cloud.password);
    curl.args(["--fail", "--user", &login, "--upload-file"]);
    curl.arg(scene.file(5)?);
    let folder = folder.replace(' ', "%20");
    curl.arg(format!("{}{folder}/report-[00000-09999].pdf", cloud.url));
    let status = curl.status().context("curl")?;
    anyhow::ensure!(status.success(), "curl ended with {status}");
    Ok(())
}
