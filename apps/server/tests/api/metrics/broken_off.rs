//! Transfers that end in the middle.

use wharf_sandbox::{Fault, FaultRule, Sandbox};

use crate::support::client::Client;
use crate::support::content::{self, bytes};
use crate::support::figures::Figures;
use crate::support::folder::files;
use crate::support::patience;
use crate::support::process::Process;
use crate::support::scene::{connect, document_path, store};
use crate::support::storage::{Witness, account};

const MEBIBYTE: usize = 1024 * 1024;

const BROKEN_OFF: &str = "wharf_http_broken_off_total";

/// Waits until so many transfers in this direction have broken off.
async fn broken_off(client: &Client, direction: &str, count: f64) {
    let labels = [("direction", direction)];
    let is_counted = async || Figures::of(client).await.sum(BROKEN_OFF, &labels) == count;
    patience::until("the transfer has broken off", is_counted).await;
}

#[tokio::test]
async fn a_client_that_leaves_a_download_or_an_upload() {
    let process = Process::start().await;
    let anna = process.regular("anna@example.org", "a good password").await;
    let call = anna.post("/api/documents").query("name", "large.bin");
    let stored = call.body("application/octet-stream", content::upload(32));
    let document = stored.send().await.expect(201).json();
    let path = format!("{}/content", document_path(&document));
    anna.get(&path).send().await.expect(200);
    broken_off(&anna, "down", 0.0).await;
    let mut download = anna.get(&path).stream().await;
    download.chunk().await.unwrap().unwrap();
    drop(download);
    broken_off(&anna, "down", 1.0).await;

    broken_off(&anna, "up", 0.0).await;
    let documents = process.folder().join("data/documents");
    let before = files(&documents);
    let call = anna.post("/api/documents").query("name", "notes.txt");
    let call = call.body("text/plain", content::stalling(bytes(1, MEBIBYTE)));
    let upload = tokio::spawn(call.try_stream());
    patience::until("the upload has begun", async || files(&documents) != before).await;
    upload.abort();
    broken_off(&anna, "up", 1.0).await;
    let idle = async || {
        Figures::of(&anna)
            .await
            .sum("wharf_http_requests_in_flight", &[])
            == 1.0
    };
    patience::until("nothing else is in flight", idle).await;
}

#[tokio::test]
async fn a_storage_that_breaks_off() {
    let process = Process::start().await;
    let sandbox = Sandbox::start();
    let anna = process.regular("anna@example.org", "a good password").await;
    let connection = connect(&anna, &account(&sandbox.webdav())).await;
    let document = store(&anna, "notes.bin", &connection, &bytes(1, MEBIBYTE)).await;
    let witness = Witness::of(&sandbox.webdav());
    assert!(!witness.paths_in("Wharf").await.is_empty());
    sandbox.inject(FaultRule::on("GET *", Fault::Truncate));
    let path = format!("{}/content", document_path(&document));
    let download = anna.get(&path).stream().await;
    assert!(download.bytes().await.is_err());

    broken_off(&anna, "down", 1.0).await;
    let figures = Figures::of(&anna).await;
    let labels = [("provider", "webdav"), ("operation", "read")];
    assert_eq!(figures.sum("wharf_storage_broken_off_total", &labels), 1.0);
}
