//! The sandbox as a program: it listens, says where, and serves until it is told to end.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use serde::Deserialize;
use tokio::signal::unix::{SignalKind, signal};
use wharf_sandbox::{Dialect, FaultRule, Options, Provider, Sandbox, announce};

/// A simulator of storage providers, for tests and demonstrations.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Speak TLS, with a certificate authority of its own
    #[arg(long)]
    tls: bool,
    /// From which all chance follows
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How to speak WebDAV: apache, wsgidav, nginx, rclone, absolute-hrefs, split-propstats, no-etags,
    /// redirecting or digest-only
    #[arg(long, value_name = "NAME")]
    dialect: Option<Dialect>,
    /// The smallest chunk that Nextcloud's chunked upload takes, the last one apart
    #[arg(long, value_name = "N")]
    min_chunk_bytes: Option<u64>,
    /// An address that Google and Microsoft may send people back to; without any, all will do
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// A file of JSON whose `faults` are in force from the start
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

/// What a scenario file holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    faults: Vec<FaultRule>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let faults = match &arguments.scenario {
        Some(file) => faults_in(file)?,
        None => Vec::new(),
    };
    // Installed before the announcement, so that whoever reads it can end the program in good order.
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let sandbox = Sandbox::launch(Options {
        listen: arguments.listen,
        tls: arguments.tls,
        seed: arguments.seed,
    })?;
    if let Some(dialect) = arguments.dialect {
        sandbox.speak(dialect);
    }
    if let Some(bytes) = arguments.min_chunk_bytes {
        sandbox.nextcloud().set_min_chunk_bytes(bytes);
    }
    for uri in &arguments.redirect_uri {
        sandbox.register_redirect_uri(Provider::Google, uri);
        sandbox.register_redirect_uri(Provider::Microsoft, uri);
    }
    for rule in faults {
        sandbox.inject(rule);
    }
    announce(&sandbox, io::stdout())?;
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    Ok(())
}

fn faults_in(file: &Path) -> anyhow::Result<Vec<FaultRule>> {
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let scenario: ScenarioFile = serde_json::from_slice(&text)
        .with_context(|| format!("{} is no scenario", file.display()))?;
    Ok(scenario.faults)
}
