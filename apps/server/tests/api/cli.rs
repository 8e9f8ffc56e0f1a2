//! The command line of the real program.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::process::{Process, create_user, run};
use crate::support::settings::Settings;

const PASSWORD: &str = "correct horse battery staple";

/// The program with settings of its own.
struct Program {
    folder: TempDir,
    settings: String,
}

impl Program {
    fn new() -> Self {
        let folder = TempDir::with_prefix("wharf-api-").unwrap();
        let settings = Settings::within(folder.path()).write("127.0.0.1:0");
        Self {
            settings: settings.to_str().unwrap().to_owned(),
            folder,
        }
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let arguments = [&["--config", &self.settings], arguments].concat();
        run(self.folder.path(), &arguments, input)
    }

    /// What a command prints that succeeds.
    #[track_caller]
    fn accepted(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command says on standard error that is refused.
    #[track_caller]
    fn refused(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert!(!output.status.success(), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            !message.trim().is_empty(),
            "{arguments:?} was refused in silence"
        );
        assert!(!message.contains("panicked"), "{message}");
        message
    }
}

#[test]
fn users_are_made_and_listed() {
    let program = Program::new();
    let regular = create_user("Anna@Example.org", "regular");
    let printed = program.accepted(&regular, &format!("{PASSWORD}\n"));
    assert!(printed.contains("anna@example.org"), "{printed}");
    assert!(!printed.contains(PASSWORD));
    program.accepted(&create_user("root@example.org", "admin"), PASSWORD);

    let list = program.accepted(&["user", "list"], "");
    let lines: Vec<_> = list.lines().collect();
    let of = |email: &str| {
        lines
            .iter()
            .find(|line| line.contains(email))
            .copied()
            .unwrap()
    };
    assert!(of("anna@example.org").contains("regular"));
    assert!(of("root@example.org").contains("admin"));
}

#[test]
fn a_user_that_cannot_be_is_refused() {
    let program = Program::new();
    program.accepted(&create_user("anna@example.org", "regular"), PASSWORD);
    for (email, role, password) in [
        ("anna@example.org", "regular", PASSWORD),
        ("ANNA@example.org", "admin", PASSWORD),
        ("no address", "regular", PASSWORD),
        ("@", "regular", PASSWORD),
        ("", "regular", PASSWORD),
        ("ben@example.org", "captain", PASSWORD),
        ("ben@example.org", "Regular", PASSWORD),
        ("ben@example.org", "regular", "shorty7"),
        ("ben@example.org", "regular", ""),
        ("ben@example.org", "regular", &"p".repeat(1_025)),
    ] {
        let message = program.refused(&create_user(email, role), password);
        assert!(
            password.is_empty() || !message.contains(password),
            "{message}"
        );
    }
    let list = program.accepted(&["user", "list"], "");
    assert_eq!(list.matches('@').count(), 1, "{list}");
}

#[test]
fn a_password_comes_on_standard_input_only() {
    let program = Program::new();
    let by_argument = [
        "user",
        "create",
        "--email",
        "a@example.org",
        "--role",
        "regular",
        "--password",
        PASSWORD,
    ];
    program.refused(&by_argument, "");
}

#[tokio::test]
async fn a_password_is_all_of_the_line() {
    let process = Process::start().await;
    let spaced = "  a password with spaces \t";
    let output = process.command(
        &create_user("anna@example.org", "regular"),
        &format!("{spaced}\r\n"),
    );
    assert!(output.status.success(), "{output:?}");
    process.client().login("anna@example.org", spaced).await;
}

#[test]
fn an_unknown_command_is_refused() {
    let program = Program::new();
    for arguments in [
        &["sink"][..],
        &["user"],
        &["user", "sink"],
        &["serve", "--fast"],
        &[],
    ] {
        program.refused(arguments, "");
    }
}

// what it shows holds no secret.
#[test]
fn the_settings_can_be_checked() {
    let program = Program::new();
    let shown = program.accepted(&["config", "check"], "");
    assert!(shown.contains("127.0.0.0/8"), "{shown}");
    assert!(
        !program.folder.path().join("data").exists(),
        "checking makes nothing"
    );

    let secret = "postgres://wharf:canary-password@db.example.org/wharf";
    let path = Settings::within(program.folder.path())
        .database(secret)
        .write("127.0.0.1:0");
    let path = path.to_str().unwrap();
    let output = run(
        program.folder.path(),
        &["--config", path, "config", "check"],
        "",
    );
    assert!(output.status.success(), "{output:?}");
    assert!(
        !String::from_utf8(output.stdout)
            .unwrap()
            .contains("canary-password")
    );
}

#[test]
fn settings_that_cannot_be_are_refused_by_name() {
    let program = Program::new();
    for (line, name) in [
        ("listen = \"nowhere\"", "listen"),
        ("colour = \"red\"", "colour"),
        ("folder_cache_ttl_secs = \"soon\"", "folder_cache_ttl_secs"),
        ("documents_folder = \"../..\"", "documents_folder"),
        (
            "[egress]\nallow_networks = \"everywhere\"",
            "allow_networks",
        ),
        ("[egress]\nallow_ports = \"0-70000\"", "allow_ports"),
        ("listen = ", "wharf.toml"),
    ] {
        fs::write(&program.settings, line).unwrap();
        for command in [&["config", "check"][..], &["serve"], &["migrate"]] {
            let message = program.refused(command, "");
            assert!(message.contains(name), "{line}: {message}");
        }
    }
    fs::remove_file(&program.settings).unwrap();
    let message = program.refused(&["config", "check"], "");
    assert!(message.contains("wharf.toml"), "{message}");
}

#[test]
fn the_first_start_makes_private_places() {
    let program = Program::new();
    let data_dir = program.folder.path().join("data");
    program.accepted(&["migrate"], "");
    assert!(data_dir.join("wharf.sqlite3").exists());
    program.accepted(&create_user("anna@example.org", "regular"), PASSWORD);
    assert_eq!(mode(&data_dir), 0o700);
    assert_eq!(mode(&data_dir.join("keyring.json")), 0o600);
    let keys = fs::read(data_dir.join("keyring.json")).unwrap();
    // A second time everything is there already, and nothing is made anew.
    program.accepted(&["migrate"], "");
    program.accepted(&["user", "list"], "");
    assert_eq!(fs::read(data_dir.join("keyring.json")).unwrap(), keys);
}

/// Who may do what with a file.
fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_description_is_printed() {
    let program = Program::new();
    let printed = program.accepted(&["openapi"], "");
    let description: Value = serde_json::from_str(&printed).unwrap();
    assert!(description["paths"]["/api/documents/{id}/content"]["get"].is_object());
    assert!(
        !program.folder.path().join("data").exists(),
        "describing makes nothing"
    );
}

#[tokio::test]
async fn the_first_start_says_how_to_make_the_first_user() {
    let mut process = Process::start().await;
    let log = crate::support::process::log(process.folder());
    assert!(log.contains("wharf user create"), "{log}");
    process.regular("anna@example.org", PASSWORD).await;
    assert!(process.terminate().success(), "it ends in good order");
}
