//! The sandbox as a program or a test holds it: it starts, says where everything is, takes orders, and
//! stops.

mod files;
mod onedrive;

use std::fmt;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::web;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;

use crate::accounts::Access;
use crate::dialect::Dialect;
use crate::fault::{Fault, FaultId, FaultRule, ListedFault};
use crate::google::{self, GoogleApp};
use crate::identity::{LiveTokens, PEOPLE, Provider, person};
use crate::log::LoggedRequest;
use crate::microsoft::{self, MicrosoftApp};
use crate::nextcloud::{self, Nextcloud};
use crate::scenario::Scenario;
use crate::serving::{Serving, serve};
use crate::simulation::Simulation;
use crate::storage::Storage;
use crate::{control, odd, tls, webdav};

/// The user whose account is there from the start.
const ANNA: &str = "anna";
const ANNAS_PASSWORD: &str = "rubber-duck-harbour";

/// How a sandbox starts.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// From which all chance follows; without one, every start is another.
    pub seed: Option<u64>,
}

impl Default for Options {
    /// A free loopback port, without TLS.
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            tls: false,
            seed: None,
        }
    }
}

/// A running simulator of storage providers. It stops when dropped, and its files go with it.
pub struct Sandbox {
    simulation: web::Data<Simulation>,
    google: GoogleApp,
    microsoft: MicrosoftApp,
    ca_file: Option<PathBuf>,
    /// Ends before the folder below goes: fields are dropped in this order.
    _serving: Serving,
    /// Holds all files. It is removed by nobody else: workers may hold on to the simulation a little
    /// longer.
    folder: TempDir,
}

impl Sandbox {
    /// Starts a sandbox on a free loopback port.
    ///
    /// # Panics
    /// When there is no such port, or no room for its files.
    #[must_use]
    pub fn start() -> Self {
        Self::launch(Options::default())
            .expect("a machine that runs tests has a loopback port and a temporary folder")
    }

    /// Starts a sandbox.
    ///
    /// # Errors
    /// When the address is taken, or there is no room for the sandbox's files.
    pub fn launch(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen)?;
        let address = listener.local_addr()?;
        let folder = TempDir::with_prefix("wharf-sandbox-")?;
        let identity = options
            .tls
            .then(|| tls::Identity::fresh(address.ip()))
            .transpose()?;
        let scheme = if options.tls { "https" } else { "http" };
        let origin = format!("{scheme}://{address}");
        let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
        let simulation = web::Data::new(Simulation::new(folder.path(), origin, seed)?);
        simulation
            .accounts
            .set(ANNA, ANNAS_PASSWORD, || Storage::seeded(folder.path()))?;
        nextcloud::start(&simulation)?;
        let ca_file = identity
            .as_ref()
            .map(|identity| write_ca_file(folder.path(), &identity.authority))
            .transpose()?;
        Ok(Self {
            google: granted_google(&simulation),
            microsoft: granted_microsoft(&simulation),
            ca_file,
            _serving: serve(listener, identity, simulation.clone())?,
            simulation,
            folder,
        })
    }

    /// The application at Google.
    #[must_use]
    pub fn google(&self) -> GoogleApp {
        self.google.clone()
    }

    /// The application at Microsoft.
    #[must_use]
    pub fn microsoft(&self) -> MicrosoftApp {
        self.microsoft.clone()
    }

    /// Anna's account, which begins with a few files and folders.
    #[must_use]
    pub fn webdav(&self) -> Access {
        self.access(ANNA, ANNAS_PASSWORD)
    }

    /// The Nextcloud, where Anna has an account too.
    #[must_use]
    pub fn nextcloud(&self) -> Nextcloud<'_> {
        Nextcloud::new(&self.simulation)
    }

    /// Where the control routes are, without a slash at the end.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("{}{}", self.simulation.origin, control::BASE)
    }

    /// The certificate authority that clients have to trust, in PEM; `None` without TLS.
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
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
        format!("{}{}/{scenario}/", self.simulation.origin, odd::BASE)
    }

    /// From now on every WebDAV account is odd in this way, behind its password.
    pub fn misbehave(&self, scenario: Scenario) {
        let faults = &self.simulation.faults;
        faults.remove(|listed| matches!(listed.rule.fault, Fault::Odd { .. }));
        faults.add(FaultRule::on("*/dav/*", Fault::Odd { scenario }));
    }

    /// From now on every account speaks WebDAV in this way.
    pub fn speak(&self, dialect: Dialect) {
        self.simulation.set_dialect(dialect);
    }

    /// From now on everything is sound again: no fault is in force.
    pub fn behave(&self) {
        self.simulation.faults.remove(|_| true);
    }

    /// Puts a fault in force.
    pub fn inject(&self, rule: FaultRule) -> FaultId {
        self.simulation.faults.add(rule)
    }

    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> Vec<ListedFault> {
        self.simulation.faults.list()
    }

    /// Registers an address that a provider may send people back to. As long as there is none, any will
    /// do.
    pub fn register_redirect_uri(&self, provider: Provider, redirect_uri: &str) {
        self.simulation.client(provider).register(redirect_uri);
    }

    /// What is alive of that which people granted, for every account at Google and Microsoft.
    #[must_use]
    pub fn live_tokens(&self) -> Vec<LiveTokens> {
        let now = self.simulation.clock.now();
        self.simulation.grants.live(now)
    }

    /// Takes the grant of an account back, as its owner does at the provider's account page; says whether
    /// there was one.
    pub fn revoke(&self, provider: Provider, account: &str) -> bool {
        let person = person(account);
        person.is_some_and(|person| self.simulation.grants.revoke(provider, person))
    }

    /// Lets time pass at once, for everything that expires.
    pub fn advance_clock(&self, by: Duration) {
        self.simulation.clock.advance(by);
    }

    /// The latest requests, 100,000 at most, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.simulation.log.requests()
    }

    fn access(&self, username: &str, password: &str) -> Access {
        let segment = utf8_percent_encode(username, NON_ALPHANUMERIC);
        Access {
            url: format!("{}{}/{segment}/", self.simulation.origin, webdav::BASE),
            username: username.to_owned(),
            password: password.to_owned(),
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("origin", &self.simulation.origin)
            .finish_non_exhaustive()
    }
}

fn write_ca_file(folder: &Path, authority: &str) -> io::Result<PathBuf> {
    let file = folder.join("ca.pem");
    fs::write(&file, authority)?;
    Ok(file)
}

/// The application at Google, to which Clara has granted everything.
fn granted_google(simulation: &Simulation) -> GoogleApp {
    let [_, _, clara] = &PEOPLE;
    let (scopes, now) = (&google::ALL_SCOPES, simulation.clock.now());
    let token = simulation
        .grants
        .stand(Provider::Google, clara, scopes, now);
    google::app(&simulation.origin, &simulation.google, &token)
}

/// The application at Microsoft, to which Clara has granted everything.
fn granted_microsoft(simulation: &Simulation) -> MicrosoftApp {
    let [_, _, clara] = &PEOPLE;
    let (scopes, now) = (&microsoft::ALL_SCOPES, simulation.clock.now());
    let token = simulation
        .grants
        .stand(Provider::Microsoft, clara, scopes, now);
    microsoft::app(&simulation.origin, &simulation.microsoft, &token)
}
