//! The sandbox's life: it listens, hands requests to the right part, and stops.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;

use crate::accounts::Access;
use crate::dialect::Dialect;
use crate::log::{self, LoggedRequest};
use crate::odd;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::storage::Storage;
use crate::webdav;

/// The user whose account is there from the start.
const ANNA: &str = "anna";
const ANNAS_PASSWORD: &str = "rubber-duck-harbour";
const WORKERS: usize = 2;

/// A running simulator of storage providers. It stops when dropped, and its files go with it.
pub struct Sandbox {
    address: SocketAddr,
    simulation: web::Data<Simulation>,
    server: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
    /// Holds all files. It is removed after the server has ended, and by nobody else: workers may
    /// hold on to the simulation a little longer.
    folder: TempDir,
}

impl Sandbox {
    /// Starts a sandbox on a free loopback port.
    ///
    /// # Panics
    /// When there is no such port, or no room for its files.
    #[must_use]
    pub fn start() -> Self {
        Self::listen((Ipv4Addr::LOCALHOST, 0).into())
            .expect("a machine that runs tests has a loopback port and a temporary folder")
    }

    /// Starts a sandbox at an address; port 0 is a free one.
    ///
    /// # Errors
    /// When the address is taken, or there is no room for the sandbox's files.
    pub fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let folder = TempDir::with_prefix("wharf-sandbox-")?;
        let simulation = web::Data::new(Simulation::new(folder.path())?);
        simulation
            .accounts
            .set(ANNA, ANNAS_PASSWORD, || Storage::seeded(folder.path()))?;
        let (server, thread) = serve(listener, simulation.clone())?;
        Ok(Self {
            address,
            simulation,
            server,
            thread: Some(thread),
            folder,
        })
    }

    /// Anna's account, which begins with a few files and folders.
    #[must_use]
    pub fn webdav(&self) -> Access {
        self.access(ANNA, ANNAS_PASSWORD)
    }

    /// Makes an empty account, or changes the password of one that is there.
    ///
    /// # Panics
    /// When there is no room for its files.
    pub fn add_account(&self, username: &str, password: &str) -> Access {
        self.simulation
            .accounts
            .set(username, password, || Storage::empty(self.folder.path()))
            .expect("a machine that runs tests has room for a temporary folder");
        self.access(username, password)
    }

    /// The URL of a top folder that is odd in this way; it asks for no credentials.
    #[must_use]
    pub fn odd(&self, scenario: Scenario) -> String {
        format!("http://{}{}/{scenario}/", self.address, odd::BASE)
    }

    /// From now on every account is odd in this way, behind its password.
    pub fn misbehave(&self, scenario: Scenario) {
        self.simulation.set_fault(Some(scenario));
    }

    /// From now on every account speaks WebDAV in this way.
    pub fn speak(&self, dialect: Dialect) {
        self.simulation.set_dialect(dialect);
    }

    /// From now on every account is sound again.
    pub fn behave(&self) {
        self.simulation.set_fault(None);
    }

    /// The latest requests, 100,000 at most, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.simulation.log.requests()
    }

    fn access(&self, username: &str, password: &str) -> Access {
        let segment = utf8_percent_encode(username, NON_ALPHANUMERIC);
        Access {
            url: format!("http://{}{}/{segment}/", self.address, webdav::BASE),
            username: username.to_owned(),
            password: password.to_owned(),
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The command is on its way as soon as `stop` returns; the thread's end is the answer.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            // Whatever went wrong there has nobody left to concern.
            let _ = thread.join();
        }
    }
}

/// Serves on a thread with a runtime of its own, so that no caller's runtime matters.
fn serve(
    listener: TcpListener,
    simulation: web::Data<Simulation>,
) -> io::Result<(ServerHandle, JoinHandle<io::Result<()>>)> {
    let (started, start) = mpsc::sync_channel(1);
    let thread = thread::Builder::new()
        .name("wharf-sandbox".to_owned())
        .spawn(move || {
            rt::System::new().block_on(async {
                let app = move || {
                    App::new()
                        .app_data(simulation.clone())
                        .wrap(from_fn(log::record))
                        .configure(routes)
                };
                let server = HttpServer::new(app)
                    .workers(WORKERS)
                    .disable_signals()
                    .listen(listener)?
                    .run();
                // The receiver waits for exactly this.
                let _ = started.send(server.handle());
                server.await
            })
        })?;
    match start.recv() {
        Ok(handle) => Ok((handle, thread)),
        Err(_) => Err(match thread.join() {
            Ok(Err(error)) => error,
            _ => io::Error::other("the sandbox's thread ended before it served"),
        }),
    }
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/dav/{path:.*}").to(webdav::handle))
        .service(web::resource("/moved/dav/{path:.*}").to(webdav::handle))
        .service(web::resource("/odd/{scenario}/{path:.*}").to(odd::handle));
}
