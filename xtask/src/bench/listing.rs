//! Listings that no cache answers, beside the bare PROPFIND by curl.

use std::fs;
use std::time::Instant;

use anyhow::Context as _;

use super::scene::Scene;
use super::table::{Row, median};
use super::tools::{curl, seconds};
use crate::api::Api;
use crate::json;

const RUNS: usize = 5;

/// The properties that Wharf asks for.
const ASKED: &str = "<?xml version=\"1.0\"?><propfind xmlns=\"DAV:\"><prop><resourcetype/>\
    <getcontentlength/><getlastmodified/><getetag/><getcontenttype/></prop></propfind>";

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    [1_000, 10_000]
        .into_iter()
        .map(|entries| row(scene, entries))
        .collect()
}

fn row(scene: &Scene, entries: usize) -> anyhow::Result<Row> {
    let name = format!("entries-{entries}");
    fill(scene, &name, entries)?;
    let api = scene.log_in()?;
    let folder = folder_id(scene, &api, &name)?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begun = Instant::now();
        let pages = list(scene, &api, &folder)?;
        ours.push(begun.elapsed().as_secs_f64() * 1000.0);
        let listed: usize = pages.iter().map(|page| count(page)).sum();
        anyhow::ensure!(listed == entries, "{listed} of {entries} are listed");
        bare.push(seconds(propfind(scene, &name))? * 1000.0);
    }
    let label = format!("uncached listing of {entries}, all pages");
    Ok(Row::beside(label, "ms", median(ours), median(bare)))
}

/// Makes a folder with so many files in the httpd's own.
pub(super) fn fill(scene: &Scene, name: &str, entries: usize) -> anyhow::Result<()> {
    let folder = scene.files().join(name);
    fs::create_dir_all(&folder)?;
    for number in 0..entries {
        fs::write(folder.join(format!("report-{number:05}.pdf")), "bytes")?;
    }
    Ok(())
}

/// The id of a folder at the top.
pub(super) fn folder_id(scene: &Scene, api: &Api, name: &str) -> anyhow::Result<String> {
    let path = format!(
        "/api/cloud/connections/{}/folders/root?fresh=true",
        scene.connection
    );
    let top = api.get(&path)?.expect(200)?.json()?;
    let mut items = json::list(&top, "/items")?.iter();
    let found = items.find(|item| item.pointer("/name").is_some_and(|it| it == name));
    let found = found.ok_or_else(|| anyhow::anyhow!("no folder {name} in {top}"))?;
    Ok(json::text(found, "/id")?.to_owned())
}

/// Lists the folder to its end, asking the storage anew. The pages are kept as they came: reading
/// them as JSON is the client's own time.
fn list(scene: &Scene, api: &Api, folder: &str) -> anyhow::Result<Vec<String>> {
    let path = format!(
        "/api/cloud/connections/{}/folders/{folder}?limit=1000",
        scene.connection
    );
    let mut pages = vec![page(api, &format!("{path}&fresh=true"))?];
    while let Some(cursor) = pages.last().and_then(|page| next_cursor(page)) {
        let next = format!("{path}&cursor={cursor}");
        pages.push(page(api, &next)?);
    }
    Ok(pages)
}

fn page(api: &Api, path: &str) -> anyhow::Result<String> {
    let body = api.get(path)?.expect(200)?.body;
    String::from_utf8(body).context("a page is not UTF-8")
}

fn next_cursor(page: &str) -> Option<&str> {
    let (_, cursor) = page.rsplit_once("\"next_cursor\":\"")?;
    cursor.split_once('"').map(|(cursor, _)| cursor)
}

fn count(page: &str) -> usize {
    page.matches("{\"id\":\"").count()
}

fn propfind(scene: &Scene, name: &str) -> std::process::Command {
    let user = format!("{}:{}", scene.cloud.username, scene.cloud.password);
    let mut curl = curl();
    curl.args(["--user", &user, "--request", "PROPFIND", "--data", ASKED]);
    curl.args(["--header", "Depth: 1"]);
    curl.args(["--header", "Content-Type: application/xml"]);
    curl.arg(format!("{}{name}/", scene.cloud.url));
    curl
}
