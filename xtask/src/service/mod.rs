//! Programs that run beside the tests or the demonstration, on free loopback
//! ports, in folders of their own, and only as long as they are needed.

mod account;
pub(crate) mod apache;
pub(crate) mod nginx;
pub(crate) mod oidc_provider;
pub(crate) mod postgres;
pub(crate) mod rclone;
pub(crate) mod redis;
pub(crate) mod s3;
pub(crate) mod sandbox;
pub(crate) mod server;
pub(crate) mod wsgidav;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::folder::Folder;
use crate::log::Log;
use crate::process::Guarded;

/// How long a program may take to answer for the first time; a busy machine
/// makes a database of its own in a few seconds.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How often a starting program is asked.
const PROBE_PAUSE: Duration = Duration::from_millis(20);

/// A running program; dropping it stops it and removes its folder.
pub(crate) struct Service {
    name: &'static str,
    process: Guarded,
    output: Log,
    errors: Log,
    folder: Folder,
}

impl Service {
    /// Starts the command, which `process::guarded` made, in its folder.
    pub(crate) fn start(
        name: &'static str,
        folder: Folder,
        mut command: Command,
    ) -> anyhow::Result<Self> {
        let (output, stdout) = Log::create(folder.path(), "stdout.log")?;
        let (errors, stderr) = Log::create(folder.path(), "stderr.log")?;
        command.stdout(stdout).stderr(stderr);
        Ok(Self {
            name,
            process: Guarded::spawn(&mut command)?,
            output,
            errors,
            folder,
        })
    }

    /// Asks until there is an answer; fails when the program ends or takes
    /// too long, with the last lines it printed.
    pub(crate) fn wait_for<T>(
        &mut self,
        mut probe: impl FnMut(&mut Self) -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let start = Instant::now();
        loop {
            if let Some(answer) = probe(self)? {
                return Ok(answer);
            }
            let name = self.name;
            if let Some(status) = self.process.ended()? {
                anyhow::bail!("{name} ended with {status}:\n{}", self.last_lines());
            }
            anyhow::ensure!(
                start.elapsed() < START_LIMIT,
                "{name} does not answer:\n{}",
                self.last_lines()
            );
            sleep(PROBE_PAUSE);
        }
    }

    /// What it printed on standard output so far.
    pub(crate) fn output(&mut self) -> anyhow::Result<String> {
        self.output.text()
    }

    /// The last lines it printed, to be shown with a failure.
    pub(crate) fn last_lines(&mut self) -> String {
        format!("{}\n{}", self.output.tail(), self.errors.tail())
    }

    /// The folder it runs in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The id of its process group.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits until it ends of its own accord.
    pub(crate) fn wait(&mut self) -> anyhow::Result<()> {
        let status = self.process.wait()?;
        let name = self.name;
        anyhow::ensure!(
            status.success(),
            "{name} ended with {status}:\n{}",
            self.last_lines()
        );
        Ok(())
    }
}

/// A loopback port nobody listens on now.
pub(crate) fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
