//! The Wharf server itself, with a fresh data folder.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::{Service, free_port};
use crate::folder::Folder;
use crate::http;
use crate::process::{Stop, guarded};

/// A running server.
pub(crate) struct Server {
    service: Service,
    program: PathBuf,
    settings: Vec<(&'static str, String)>,
    /// Its address, without a slash at the end.
    pub(crate) url: String,
}

impl Server {
    /// Starts `wharf serve`; returns when it is ready.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        Self::start_with(program, Vec::new())
    }

    /// The same with settings of the caller's, which win over the usual ones.
    pub(crate) fn start_with(
        program: &Path,
        settings: Vec<(&'static str, String)>,
    ) -> anyhow::Result<Self> {
        let chosen = settings;
        let folder = Folder::fresh("server")?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let url = format!("http://{listen}");
        let mut settings = vec![
            ("WHARF_DATA_DIR", format!("{}/data", folder.text()?)),
            ("WHARF_LISTEN", listen),
            ("WHARF_PUBLIC_URL", url.clone()),
            // The simulated clouds are on this machine and speak plain HTTP,
            // which Wharf refuses unless its operator allows it.
            ("WHARF_EGRESS__ALLOW_NETWORKS", "127.0.0.0/8".to_owned()),
            ("WHARF_EGRESS__ALLOW_HTTP", "true".to_owned()),
            ("WHARF_EGRESS__ALLOW_PORTS", "1024-65535".to_owned()),
        ];
        settings.extend(chosen);

        let mut command = guarded(program, Stop::Terminate, Some(folder.path()));
        command.arg("serve");
        configure(&mut command, folder.path(), &settings);
        let mut server = Self {
            service: Service::start("wharf serve", folder, command)?,
            program: program.to_owned(),
            settings,
            url,
        };
        let ready = format!("{}/readyz", server.url);
        server
            .service
            .wait_for(|_| Ok(http::probe().get(&ready).call().ok()))?;
        Ok(server)
    }

    /// Makes a regular user by the server's command line.
    pub(crate) fn create_user(&self, email: &str, password: &str) -> anyhow::Result<()> {
        self.create(email, "regular", password)
    }

    /// Makes an admin by the server's command line.
    pub(crate) fn create_admin(&self, email: &str, password: &str) -> anyhow::Result<()> {
        self.create(email, "admin", password)
    }

    fn create(&self, email: &str, role: &str, password: &str) -> anyhow::Result<()> {
        let mut command = self.command(&["user", "create", "--email", email]);
        command.args(["--role", role, "--password-stdin"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().context("cannot start wharf user create")?;
        let mut stdin = child.stdin.take().context("no standard input")?;
        writeln!(stdin, "{password}")?;
        drop(stdin);
        let status = child.wait()?;
        anyhow::ensure!(status.success(), "wharf user create ended with {status}");
        Ok(())
    }

    /// What a command prints that is run with the server's settings.
    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "{arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        configure(&mut command, self.service.folder(), &self.settings);
        command
    }

    /// The folder of its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.service.folder().join("data")
    }

    /// The id of its process group.
    pub(crate) fn id(&self) -> u32 {
        self.service.id()
    }

    /// Waits until the server ends, which it does only when something goes wrong.
    pub(crate) fn wait(&mut self) -> anyhow::Result<()> {
        self.service.wait()
    }

    /// The last lines of its log, for when a step fails.
    pub(crate) fn last_log_lines(&mut self) -> String {
        self.service.last_lines()
    }
}

/// Gives the settings, and none that the person's own shell holds: they may
/// belong to a server whose data is real.
fn configure(command: &mut Command, folder: &Path, settings: &[(&'static str, String)]) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WHARF_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command.envs(settings.iter().map(|(name, value)| (*name, value)));
}
