//! A throw-away PostgreSQL: a cluster of its own, in a folder that goes with
//! it, so that tests may make and drop databases as they like.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::account::Account;
use super::{Service, free_port};
use crate::folder::Folder;
use crate::log::Log;
use crate::process::{Guarded, Stop, guarded};
use crate::program::Program;

/// `initdb`; its folder holds the other programs of the same version.
pub(crate) const INITDB: Program = Program {
    name: "initdb",
    package: "postgresql",
    places: &["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"],
};

/// The cluster's place in its folder.
const DATA: &str = "data";

/// Tests run side by side.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
];

/// Where nothing has to survive a power cut.
const QUICK: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
];

/// A running server that trusts every local connection as a superuser.
pub(crate) struct Postgres {
    /// Keeps the server alive.
    _service: Service,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and starts its server; returns when it answers.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::start_with(QUICK)
    }

    /// The same with PostgreSQL's own promise: what is committed is on the disk.
    pub(crate) fn start_durable() -> anyhow::Result<Self> {
        Self::start_with(&[])
    }

    fn start_with(settings: &[&str]) -> anyhow::Result<Self> {
        let programs = programs()?;
        let account = Account::for_servers()?;
        let folder = Folder::fresh("postgres")?;
        account.give(folder.path())?;
        make_cluster(&programs, account, &folder)?;

        let port = free_port()?;
        let mut server = guarded(programs.join("postgres"), Stop::Quit, Some(folder.path()));
        server.args(["-p", &port.to_string(), "-D", DATA]);
        server.args(
            SETTINGS
                .iter()
                .chain(settings)
                .flat_map(|setting| ["-c", setting]),
        );
        account.run_in(folder.path(), &mut server);

        let mut service = Service::start("PostgreSQL", folder, server)?;
        service.wait_for(|_| answers(&programs, port))?;
        Ok(Self {
            _service: service,
            port,
        })
    }

    /// What tests need to know of it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        vec![("WHARF_TEST_POSTGRES_URL", url)]
    }
}

fn make_cluster(programs: &Path, account: Account, folder: &Folder) -> anyhow::Result<()> {
    let program = programs.join("initdb");
    let mut initdb = guarded(program, Stop::Terminate, Some(folder.path()));
    initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8"]);
    initdb.args(["--locale=C", "--no-sync", "--pgdata", DATA]);
    account.run_in(folder.path(), &mut initdb);
    let (mut errors, stderr) = Log::create(folder.path(), "initdb.log")?;
    initdb.stdout(Stdio::null()).stderr(stderr);
    let status = Guarded::spawn(&mut initdb)?.wait()?;
    anyhow::ensure!(status.success(), "initdb failed:\n{}", errors.tail());
    Ok(())
}

fn answers(programs: &Path, port: u16) -> anyhow::Result<Option<()>> {
    let mut probe = Command::new(programs.join("pg_isready"));
    probe.args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()]);
    Ok(probe.status()?.success().then_some(()))
}

/// The folder of PostgreSQL's programs.
fn programs() -> anyhow::Result<PathBuf> {
    let initdb = INITDB.find().context("initdb is missing")?;
    // On some systems the one on PATH is a link; its siblings lie beside the target.
    let initdb = initdb.canonicalize()?;
    let folder = initdb.parent().context("initdb lies in no folder")?;
    Ok(folder.to_owned())
}
