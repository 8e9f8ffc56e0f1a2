//! A throw-away Redis that keeps nothing, in a folder that goes with it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::Context as _;

use super::account::Account;
use super::{Service, free_port};
use crate::folder::Folder;
use crate::process::{Stop, guarded};
use crate::program::Program;

/// The server itself.
pub(crate) const REDIS_SERVER: Program = Program {
    name: "redis-server",
    package: "redis-server",
    places: &["/usr/bin"],
};

/// Nothing is written to disk, and nobody but this machine gets in.
const SETTINGS: &[&str] = &["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];

/// A running server that trusts every local connection.
pub(crate) struct Redis {
    /// Keeps the server alive.
    _service: Service,
    port: u16,
}

impl Redis {
    /// Starts a server; returns when it answers.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let program = REDIS_SERVER.find().context("redis-server is missing")?;
        let account = Account::for_servers()?;
        let folder = Folder::fresh("redis")?;
        account.give(folder.path())?;

        let port = free_port()?;
        let mut server = guarded(program, Stop::Terminate, Some(folder.path()));
        server.args(["--port", &port.to_string()]).args(SETTINGS);
        account.run_in(folder.path(), &mut server);

        let mut service = Service::start("Redis", folder, server)?;
        service.wait_for(|_| Ok(answers(port)))?;
        Ok(Self {
            _service: service,
            port,
        })
    }

    /// What tests need to know of it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let url = format!("redis://127.0.0.1:{}", self.port);
        vec![("WHARF_TEST_REDIS_URL", url)]
    }
}

/// Whether it greets back.
fn answers(port: u16) -> Option<()> {
    const PONG: &[u8] = b"+PONG\r\n";

    #[expect(
        clippy::disallowed_methods,
        reason = "a tool that asks a server it started itself"
    )]
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    server.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    server.write_all(b"PING\r\n").ok()?;
    let mut answer = [0; PONG.len()];
    server.read_exact(&mut answer).ok()?;
    (answer == *PONG).then_some(())
}
