//! The real program as a process of its own: for what only a process has, and for its command line.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use super::client::Client;
use super::patience;
use super::settings::Settings;

/// A running `wharf serve`; it is killed when dropped.
pub(crate) struct Process {
    child: Child,
    folder: TempDir,
    settings: PathBuf,
    url: String,
}

impl Process {
    /// Starts a server with a fresh folder; returns when it is ready.
    pub(crate) async fn start() -> Self {
        Self::with(|settings| settings).await
    }

    /// The same with settings of the caller's choice.
    pub(crate) async fn with(choose: impl FnOnce(Settings) -> Settings) -> Self {
        Self::run_by(program, choose).await
    }

    /// The same, where no file may grow larger than so many mebibytes: the system refuses each write
    /// beyond that, as a disk does that is full.
    pub(crate) async fn with_files_up_to(mebibytes: u32) -> Self {
        Self::run_by(|folder| limited(folder, mebibytes), |settings| settings).await
    }

    async fn run_by(
        program: impl Fn(&Path) -> Command,
        choose: impl FnOnce(Settings) -> Settings,
    ) -> Self {
        let folder = TempDir::with_prefix("wharf-api-").unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let settings = choose(Settings::within(folder.path())).write(&listen);
        let child = spawn(program(folder.path()), &settings, folder.path());
        let process = Self {
            child,
            settings,
            url: format!("http://{listen}"),
            folder,
        };
        process.wait_until_ready().await;
        process
    }

    /// Ends it without any warning, and starts it again on the same folder.
    pub(crate) async fn kill_and_restart(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.kill();
        }
        self.restart_unready();
        self.wait_until_ready().await;
    }

    /// Starts it again, on the same folder, where it is not going to be ready.
    pub(crate) fn restart_unready(&mut self) {
        let folder = self.folder.path();
        self.child = spawn(program(folder), &self.settings, folder);
    }

    /// Ends it without any warning (SIGKILL).
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it in the middle of whatever it does (SIGSTOP).
    pub(crate) fn stop(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on (SIGCONT).
    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Asks it to end, as a service manager does, and waits until it has.
    pub(crate) fn terminate(&mut self) -> std::process::ExitStatus {
        self.signal("-TERM");
        self.child.wait().unwrap()
    }

    pub(crate) fn client(&self) -> Client {
        Client::anonymous(&self.url)
    }

    /// Makes a regular user by the command line; gives a client that is logged in.
    pub(crate) async fn regular(&self, email: &str, password: &str) -> Client {
        let output = self.command(&create_user(email, "regular"), password);
        assert!(output.status.success(), "{output:?}");
        let client = self.client();
        let token = client.login(email, password).await;
        client.with_token(&token)
    }

    /// The file of its keys.
    pub(crate) fn keyring(&self) -> PathBuf {
        self.folder.path().join("data/keyring.json")
    }

    /// Runs a command with the server's settings.
    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Output {
        let settings = self.settings.to_str().unwrap();
        let arguments = [&["--config", settings], arguments].concat();
        run(self.folder.path(), &arguments, input)
    }

    /// Begins a command with the server's settings, which goes on by itself.
    pub(crate) fn begin_command(&self, arguments: &[&str]) -> Child {
        let mut command = program(self.folder.path());
        command.arg("--config").arg(&self.settings).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null()).spawn().unwrap()
    }

    /// The folder of which everything that the server wrote lies, its log included.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The most memory that it ever had resident, in KiB (`VmHWM` of proc(5)).
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let figure = line.unwrap().trim().strip_suffix(" kB");
        figure.unwrap().parse().unwrap()
    }

    /// What the system lets it use at most (`limits` of proc(5)).
    pub(crate) fn limits(&self) -> String {
        fs::read_to_string(format!("/proc/{}/limits", self.child.id())).unwrap()
    }

    async fn wait_until_ready(&self) {
        let client = self.client();
        let is_ready = async || {
            let answer = client.get("/readyz").try_stream().await;
            answer.is_ok_and(|answer| answer.status() == 200)
        };
        patience::until("the server is ready", is_ready).await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.kill();
        }
    }
}

/// The arguments that make a user whose password comes on standard input.
pub(crate) fn create_user<'a>(email: &'a str, role: &'a str) -> [&'a str; 7] {
    [
        "user",
        "create",
        "--email",
        email,
        "--role",
        role,
        "--password-stdin",
    ]
}

/// Runs the program in a folder, with this on its standard input.
pub(crate) fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = program(folder);
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that refuses its arguments ends before it reads.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// Runs the program in a folder, with these variables in its environment.
pub(crate) fn run_with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = program(folder);
    command.args(arguments).envs(variables.iter().copied());
    command.stdin(Stdio::null()).output().unwrap()
}

/// What a server in this folder has logged.
pub(crate) fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap()
}

fn spawn(mut command: Command, settings: &Path, folder: &Path) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("log"));
    let log = log.unwrap();
    command.arg("--config").arg(settings).arg("serve");
    command.stdin(Stdio::null());
    command.stdout(log.try_clone().unwrap()).stderr(log);
    command.spawn().unwrap()
}

/// The program without the settings of whoever runs the tests.
fn program(folder: &Path) -> Command {
    clean(Command::new(env!("CARGO_BIN_EXE_wharf")), folder)
}

/// The same under a shell's `ulimit`, which counts in blocks of 512 bytes. The signal that comes with
/// the refusal would end the process, as it ends programs that do not expect it.
fn limited(folder: &Path, mebibytes: u32) -> Command {
    let limit = u64::from(mebibytes) * 2048;
    let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_wharf")]);
    clean(shell, folder)
}

fn clean(mut command: Command, folder: &Path) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WHARF_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command
}

/// A loopback port on which nobody listens now.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}
