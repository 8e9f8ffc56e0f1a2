//! Contents flow through the server; they are never held there (D-06, R-16).

use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use wharf_sandbox::Sandbox;

use crate::support::content::{hex, mebibytes, upload};
use crate::support::process::Process;
use crate::support::scene::{connect, document_path};
use crate::support::storage::account;

const MEBIBYTES: u32 = 256;
const MOST_GROWTH_KIB: u64 = 48 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_document_takes_no_memory() {
    let sandbox = Sandbox::start();
    let process = Process::start().await;
    let anna = process.regular("anna@example.org", "a good password").await;
    let connection = connect(&anna, &account(&sandbox.webdav())).await;
    let before = process.peak_kib();
    let expected = tokio::task::spawn_blocking(|| digest(mebibytes(MEBIBYTES)));

    let call = anna
        .post("/api/documents")
        .query("name", "large.bin")
        .query("storage", &connection);
    let call = call.body("application/octet-stream", upload(MEBIBYTES));
    let document = call.send().await.expect(201).json();
    let expected = expected.await.unwrap();
    assert_eq!(document["sha256"], expected);
    assert_eq!(document["size_bytes"], u64::from(MEBIBYTES) * 1024 * 1024);

    let content = format!("{}/content", document_path(&document));
    let mut chunks = anna.get(&content).stream().await.bytes_stream();
    let mut hash = Sha256::new();
    while let Some(chunk) = chunks.next().await {
        hash.update(chunk.unwrap());
    }
    assert_eq!(hex(&hash.finalize()), expected);
    let growth = process.peak_kib() - before;
    assert!(growth < MOST_GROWTH_KIB, "the server grew by {growth} KiB");
}

fn digest(content: impl Iterator<Item = bytes::Bytes>) -> String {
    let mut hash = Sha256::new();
    content.for_each(|chunk| hash.update(&chunk));
    hex(&hash.finalize())
}
