//! The sandbox as a program.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use url::Url;
use wharf_sandbox::{Access, Options, Sandbox, announce};

use crate::application::{REDIRECT_URI, text};
use crate::client::{call, call_as};

/// A started program that ends with its test.
struct Program(Child);

impl Program {
    fn start() -> Self {
        Self::start_with_files_in(&env::temp_dir())
    }

    fn start_with_files_in(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Path, arguments: &[&str]) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_wharf-sandbox"))
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("TMPDIR", folder)
            .stdout(Stdio::piped())
            .spawn();
        Self(command.unwrap())
    }

    fn first_line(&mut self) -> String {
        let mut lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        lines.next().unwrap().unwrap()
    }

    /// Asks it to end, as a service manager would; its files go only then.
    fn terminate(&self) {
        let pid = self.0.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.0.try_wait().unwrap().is_none() {
            self.terminate();
            self.0.wait().unwrap();
        }
    }
}

fn access(line: &str) -> Access {
    let announcement: Value = serde_json::from_str(line).unwrap();
    let field = |name: &str| announcement["webdav"][name].as_str().unwrap().to_owned();
    Access {
        url: field("url"),
        username: field("username"),
        password: field("password"),
    }
}

fn at(authority: &str) -> Options {
    Options {
        listen: authority.parse().unwrap(),
        ..Options::default()
    }
}

#[test]
fn the_first_line_opens_the_account() {
    let mut program = Program::start();

    let anna = access(&program.first_line());

    assert!(anna.url.starts_with("http://127.0.0.1:"), "{}", anna.url);
    let answer = call_as(&anna, "GET", "Welcome.txt").send();
    assert_eq!(answer.text(), "Welcome to the sandbox.\n");
}

#[test]
fn it_speaks_the_dialect_that_is_named() {
    let mut program = Program::start_with(&env::temp_dir(), &["--dialect", "nginx"]);
    let anna = access(&program.first_line());
    assert_eq!(call_as(&anna, "PROPPATCH", "").send().status, 405);
}

#[test]
fn the_first_line_names_every_provider() {
    let mut program = Program::start_with(&env::temp_dir(), &["--tls", "--seed", "7"]);
    let line: Value = serde_json::from_str(&program.first_line()).unwrap();
    for pointer in [
        "/google/auth_url",
        "/google/token_url",
        "/google/revoke_url",
        "/google/api_url",
        "/google/upload_url",
        "/microsoft/auth_url",
        "/microsoft/token_url",
        "/microsoft/api_url",
        "/nextcloud/url",
        "/nextcloud/sub_path_url",
        "/nextcloud/files_url",
        "/control_url",
    ] {
        let url = text(&line, pointer);
        assert!(url.starts_with("https://127.0.0.1:"), "{pointer}: {url}");
    }
    let authority = fs::read_to_string(text(&line, "/ca_file")).unwrap();
    assert!(authority.starts_with("-----BEGIN CERTIFICATE-----"));

    // What is drawn follows from the seed.
    let options = Options {
        seed: Some(7),
        ..Options::default()
    };
    let same = Sandbox::launch(options).unwrap();
    for (pointer, token) in [
        ("/google/refresh_token", same.google().refresh_token),
        ("/microsoft/refresh_token", same.microsoft().refresh_token),
    ] {
        assert_eq!(text(&line, pointer), token);
    }
    assert_ne!(
        Sandbox::start().google().refresh_token,
        same.google().refresh_token
    );
}

#[test]
fn a_scenario_file_is_in_force_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.json");
    let scenario = r#"{"faults": [
        {"route": "GET /dav/*", "times": 1, "fault": {"kind": "answer", "status": 503}}
    ]}"#;
    fs::write(&file, scenario).unwrap();
    let arguments = ["--scenario", file.to_str().unwrap()];
    let mut program = Program::start_with(&env::temp_dir(), &arguments);
    let anna = access(&program.first_line());
    let get = || call_as(&anna, "GET", "Welcome.txt").send().status;
    assert_eq!([get(), get()], [503, 200]);

    fs::write(&file, r#"{"faults": [{"fault": {"kind": "earthquake"}}]}"#).unwrap();
    let mut refused = Program::start_with(&env::temp_dir(), &arguments);
    assert!(!refused.0.wait().unwrap().success());
}

#[test]
fn it_sends_people_back_to_registered_addresses_only() {
    let arguments = ["--redirect-uri", REDIRECT_URI];
    let mut program = Program::start_with(&env::temp_dir(), &arguments);
    let line: Value = serde_json::from_str(&program.first_line()).unwrap();
    let ask = |redirect_uri: &str| {
        let parameters = [
            ("client_id", text(&line, "/google/client_id")),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", "openid"),
        ];
        let url = Url::parse_with_params(text(&line, "/google/auth_url"), parameters);
        call("GET", url.unwrap().as_str()).send().status
    };
    assert_eq!(ask(REDIRECT_URI), 200);
    assert_eq!(ask("https://app.example/"), 400);
}

#[test]
fn a_termination_signal_ends_it_and_its_files_go() {
    let folder = tempfile::tempdir().unwrap();
    let files = || fs::read_dir(folder.path()).unwrap().count();
    let mut program = Program::start_with_files_in(folder.path());
    program.first_line();
    assert_eq!(files(), 1);

    program.terminate();

    assert!(program.0.wait().unwrap().success());
    assert_eq!(files(), 0);
}

#[test]
fn the_announcement_is_one_line() {
    let sandbox = Sandbox::start();
    let mut line = Vec::new();
    announce(&sandbox, &mut line).unwrap();
    let line = String::from_utf8(line).unwrap();
    assert_eq!(line.find('\n'), Some(line.len() - 1));
    assert_eq!(access(&line), sandbox.webdav());
}

#[test]
fn a_taken_port_is_an_error() {
    let sandbox = Sandbox::start();
    let url = sandbox.webdav().url;
    let authority = url.split('/').nth(2).unwrap();
    assert!(Sandbox::launch(at(authority)).is_err());
}

#[test]
fn the_port_is_free_again_after_the_sandbox_has_stopped() {
    let sandbox = Sandbox::start();
    let url = sandbox.webdav().url;
    let options = at(url.split('/').nth(2).unwrap());
    drop(sandbox);
    assert_eq!(Sandbox::launch(options).unwrap().webdav().url, url);
}
