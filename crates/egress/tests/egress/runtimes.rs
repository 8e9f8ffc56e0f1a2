//! A runtime that ends, or stands still, takes along what was asked on it and nothing else (ADR 0021).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::time::timeout;
use wharf_egress::{Client, Error, Limits};

use crate::support::{LOOPBACK, get, loopback_client, read_head};

const CONTENT: Limits = Limits { max_bytes: None };
const SHORT: Limits = Limits {
    max_bytes: Some(1024),
};

/// So many that a pool has had the time to take a connection back for one of them.
const MANY: usize = 20;

/// A server that keeps its connections, on a runtime that runs by itself.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _runtime: Runtime,
}

impl Server {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind((LOOPBACK, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::<AtomicUsize>::default();
        let made = Arc::clone(&connections);
        runtime.spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                made.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer_each(connection));
            }
        });
        Self {
            address,
            connections,
            _runtime: runtime,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    async fn whole(&self, client: &Client, limits: Limits) -> Result<Bytes, Error> {
        let request = get(&format!("http://{}/file", self.address));
        let answer = client.execute(request, limits).await?;
        answer.collect_capped(1024).await
    }
}

async fn answer_each(mut connection: TcpStream) {
    while let Ok(1..) = connection.peek(&mut [0]).await {
        read_head(&mut connection).await;
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";
        connection.write_all(text).await.unwrap();
    }
}

/// A runtime that runs only while somebody waits on it, as an HTTP server's worker does.
fn worker() -> Runtime {
    let mut worker = runtime::Builder::new_current_thread();
    worker.enable_all().build().unwrap()
}

fn client_of(runtime: &Runtime) -> Client {
    runtime.block_on(async { loopback_client() })
}

// No part of a content waits for another thread: the client's own runtime does nothing here at all.
#[test]
fn a_content_is_driven_by_the_runtime_that_reads_it() {
    let server = Server::start();
    let asleep = worker();
    let client = client_of(&asleep);
    let read = worker()
        .block_on(async { timeout(Duration::from_secs(10), server.whole(&client, CONTENT)).await });
    assert_eq!(read.unwrap().unwrap(), "done");
}

// What is short shares connections, whoever asked; that they outlive the asker is why they may.
#[test]
fn a_worker_that_ends_leaves_the_shared_connections_behind() {
    let server = Server::start();
    let lasting = Runtime::new().unwrap();
    let client = client_of(&lasting);
    for _ in 0..MANY {
        let read = worker().block_on(server.whole(&client, SHORT));
        assert_eq!(read.unwrap(), "done");
    }
    assert!(server.connections() < MANY);
}

#[test]
fn the_contents_of_one_worker_share_connections() {
    let server = Server::start();
    let lasting = Runtime::new().unwrap();
    let client = client_of(&lasting);
    let worker = worker();
    for _ in 0..MANY {
        let read = worker.block_on(server.whole(&client, CONTENT));
        assert_eq!(read.unwrap(), "done");
    }
    assert!(server.connections() < MANY);
}

// The connection of a worker that has ended is nobody's: neither another worker's nor the client's.
#[test]
fn a_worker_that_ends_takes_no_content_of_others_along() {
    let server = Server::start();
    let lasting = Runtime::new().unwrap();
    let client = client_of(&lasting);
    let (ending, staying) = (worker(), worker());
    for worker in [&ending, &staying] {
        let read = worker.block_on(server.whole(&client, CONTENT));
        assert_eq!(read.unwrap(), "done");
    }
    drop(ending);
    for runtime in [&staying, &worker(), &lasting] {
        let read = runtime.block_on(server.whole(&client, CONTENT));
        assert_eq!(read.unwrap(), "done");
    }
    assert!(server.connections() >= 4);
}
