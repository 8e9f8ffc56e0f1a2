//! The sandbox as a program: it listens, says where, and serves until it is told to end.

use std::io;
use std::net::SocketAddr;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use wharf_sandbox::{Dialect, Sandbox, announce};

/// A simulator of storage providers, for tests and demonstrations.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How to speak WebDAV: apache, wsgidav, nginx, rclone, absolute-hrefs, split-propstats, no-etags,
    /// redirecting or digest-only
    #[arg(long, value_name = "NAME")]
    dialect: Option<Dialect>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // Installed before the announcement, so that whoever reads it can end the program in good order.
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let sandbox = Sandbox::listen(arguments.listen)?;
    if let Some(dialect) = arguments.dialect {
        sandbox.speak(dialect);
    }
    announce(&sandbox, io::stdout())?;
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    Ok(())
}
