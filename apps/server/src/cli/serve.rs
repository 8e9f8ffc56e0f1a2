//! `wharf serve`: serves until told to stop.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{self, Path};
use std::time::Duration;

use actix_web::dev::Server;
use tokio::signal::unix::{Signal, SignalKind, signal};
use wharf::Wharf;
use wharf::domain::page::PageLimit;
use wharf::domain::ports::users::UserFilter;
use wharf::settings::Settings;

use super::CliError;
use crate::allocator;
use crate::server;
use crate::state::State;

pub(super) async fn run(
    settings: &Settings,
    config: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), CliError> {
    tracing::debug!(purge_delay = ?allocator::setting(), "the allocator's setting");
    let stop = Stop::listen()?;
    let listener = listen(settings.listen)?;
    let wharf = Wharf::start(settings).await?;
    let folder = path::absolute(&settings.data_dir)?;
    writeln!(out, "data folder: {}", folder.display())?;
    let everybody = UserFilter::default();
    let accounts = wharf.accounts();
    let first = accounts.list(&everybody, PageLimit::default(), None);
    if first.await?.items.is_empty() {
        write!(out, "{}", first_user_advice(config))?;
    }
    let address = listener.local_addr()?;
    let state = State::new(wharf.clone(), settings);
    wharf.announce().await?;
    let server = server::serve(state, listener).map_err(CliError::Serve)?;
    writeln!(out, "wharf is ready at http://{address}")?;
    out.flush()?;
    until_stopped(server, stop, &wharf).await
}

/// Before anything is started, so that a second start at the same address touches nothing.
fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).map_err(|source| CliError::Listen { address, source })
}

/// Work that outlives its request may take this long after the last one.
const DRAIN: Duration = Duration::from_secs(60);

/// Lets requests and their work end once a stop is asked for; a second time means at once.
async fn until_stopped(mut server: Server, mut stop: Stop, wharf: &Wharf) -> Result<(), CliError> {
    tokio::select! {
        ended = &mut server => return ended.map_err(CliError::Serve),
        () = stop.asked() => tracing::info!("stopping once all requests have ended"),
    }
    // The command is on its way; when it is done the server itself ends.
    drop(server.handle().stop(true));
    tokio::select! {
        ended = end(server, wharf) => ended,
        () = stop.asked() => Err(CliError::Hurried),
    }
}

async fn end(server: Server, wharf: &Wharf) -> Result<(), CliError> {
    server.await.map_err(CliError::Serve)?;
    let drained = tokio::time::timeout(DRAIN, wharf.shutdown()).await;
    drained.map_err(|_| CliError::Unfinished(DRAIN))
}

fn first_user_advice(config: Option<&Path>) -> String {
    let config = config.map_or_else(String::new, |file| format!(" --config {}", file.display()));
    format!(
        "there is no user yet; make the first one with the same settings, and give the password by \
         standard input:\n  \
         wharf user create{config} --email you@example.com --role regular --password-stdin\n"
    )
}

/// What an operator or a supervisor sends to have the server stopped.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
