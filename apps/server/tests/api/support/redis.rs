//! A Redis of a test's own, which can be stopped and started again.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::patience;

/// A Redis that may be running; it ends with this value.
pub(crate) struct Redis {
    port: u16,
    process: Option<Child>,
    /// Where it runs; nothing is kept there.
    folder: TempDir,
}

impl Redis {
    /// A running Redis.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let mut redis = Self {
            port: listener.local_addr().unwrap().port(),
            process: None,
            folder: TempDir::with_prefix("wharf-redis-").unwrap(),
        };
        drop(listener);
        redis.resume().await;
        redis
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// All that lies in it.
    pub(crate) async fn dump(&self) -> Vec<u8> {
        dump(&self.url(), "*").await
    }

    /// Ends it without any warning; nobody listens on its port any more.
    pub(crate) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Starts it on the same port, with nothing in it; returns when it answers.
    pub(crate) async fn resume(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &self.port.to_string()]);
        command.args(["--save", "", "--appendonly", "no"]);
        command.current_dir(self.folder.path());
        command.stdout(Stdio::null());
        let process = command.spawn();
        self.process = Some(process.expect("redis-server is installed (package redis-server)"));
        patience::until("Redis answers", async || self.answers().await).await;
    }

    /// Whether it answers to a PING written inline.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's client is no part of the product"
    )]
    async fn answers(&self) -> bool {
        let asking = async {
            let mut connection = TcpStream::connect(("127.0.0.1", self.port)).await?;
            connection.write_all(b"PING\r\n").await?;
            let mut answer = [0; 7];
            connection.read_exact(&mut answer).await?;
            std::io::Result::Ok(answer == *b"+PONG\r\n")
        };
        asking.await.unwrap_or(false)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

/// All keys of that pattern, and what lies there, as Redis sends it.
pub(crate) async fn dump(url: &str, pattern: &str) -> Vec<u8> {
    let keys = ask(url, &format!("KEYS {pattern}")).await;
    let text = String::from_utf8(keys.clone()).unwrap();
    let mut dump = keys;
    for key in text.lines().filter(|line| line.starts_with("wharf:")) {
        dump.extend(ask(url, &format!("GET {key}")).await);
    }
    dump
}

/// An inline command (https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands).
#[expect(
    clippy::disallowed_methods,
    reason = "a test's client is no part of the product"
)]
async fn ask(url: &str, command: &str) -> Vec<u8> {
    let address = url.strip_prefix("redis://").unwrap().trim_end_matches('/');
    let mut connection = TcpStream::connect(address).await.unwrap();
    let commands = format!("{command}\r\nQUIT\r\n");
    connection.write_all(commands.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    answer
}
