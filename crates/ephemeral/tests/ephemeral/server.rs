//! A Redis of a test's own, which can be stopped, started again and made to hang.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use deadpool_redis::redis;
use tempfile::TempDir;

/// A Redis that may be running; it ends with this value.
pub(crate) struct Server {
    port: u16,
    process: Option<Child>,
    /// Where it runs; nothing is kept there.
    folder: TempDir,
}

impl Server {
    /// A running Redis.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut server = Self {
            port: listener.local_addr().unwrap().port(),
            process: None,
            folder: tempfile::tempdir().unwrap(),
        };
        drop(listener);
        server.resume().await;
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it; nobody listens on its port any more.
    pub(crate) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Starts it again on the same port, with nothing in it; returns when it answers.
    pub(crate) async fn resume(&mut self) {
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .current_dir(self.folder.path())
            .stdout(Stdio::null());
        let process = command.spawn();
        self.process = Some(process.expect("redis-server is installed (package redis-server)"));
        let client = redis::Client::open(self.url()).unwrap();
        while client.get_multiplexed_async_connection().await.is_err() {
            let ended = self.process.as_mut().unwrap().try_wait().unwrap();
            assert_eq!(ended, None, "redis-server ended");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Stops its process without ending it: connections stay open and nobody answers.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.as_ref().unwrap().id().to_string();
        let mut kill = Command::new("kill");
        assert!(kill.args([signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
