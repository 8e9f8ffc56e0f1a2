//! Clients that ask for a content and do not take it (D-01).

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{content_path, upload};
use crate::support::content;
use crate::support::patience;
use crate::support::scene::Scene;
use crate::support::server::Server;
use crate::support::sockets::{has_bytes_under_way, is_open};

/// More than all buffers on the way hold, in mebibytes.
const CONTENT: u32 = 64;

/// Asks for the file and takes nothing of it.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's client is no part of the product"
)]
async fn ask(scene: &Scene, path: &str) -> TcpStream {
    let address = scene.server.url().strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let token = scene.anna.token();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: wharf\r\nAuthorization: Bearer {token}\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

#[tokio::test]
async fn a_client_that_reads_nothing_does_not_keep_the_storage() {
    let scene = Scene::at(Server::hurrying_clients().await).await;
    let body = content::upload(CONTENT);
    let stored = upload(&scene, "root", "large").untyped(body).send().await;
    let path = content_path(&scene, &stored.expect(201).json());
    let storage = Url::parse(&scene.sandbox.webdav().url).unwrap();
    let storage = storage.port().unwrap();

    let mut connection = ask(&scene, &path).await;
    let server = connection.peer_addr().unwrap().port();
    let client = connection.local_addr().unwrap().port();
    let is_ended = async || !is_open(server, client);
    patience::until("the server ends the connection", is_ended).await;
    let is_free = async || !has_bytes_under_way(storage);
    patience::until("the storage is let go", is_free).await;

    // The answer ended before its end, and no other does.
    let mut taken = Vec::new();
    let _ = connection.read_to_end(&mut taken).await;
    assert!(taken.len() < CONTENT as usize * 1024 * 1024);
    let whole = scene.anna.get(&path).send().await.expect(200);
    assert_eq!(whole.body.len(), CONTENT as usize * 1024 * 1024);
}
