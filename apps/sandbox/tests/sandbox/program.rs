//! The sandbox as a program.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use wharf_sandbox::{Access, Sandbox, announce};

use crate::client::call_as;

/// A started program that does not outlive its test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
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

#[test]
fn the_first_line_opens_the_account() {
    let command = Command::new(env!("CARGO_BIN_EXE_wharf-sandbox"))
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn();
    let mut program = Program(command.unwrap());
    let mut lines = BufReader::new(program.0.stdout.take().unwrap()).lines();

    let anna = access(&lines.next().unwrap().unwrap());

    assert!(anna.url.starts_with("http://127.0.0.1:"), "{}", anna.url);
    let answer = call_as(&anna, "GET", "Welcome.txt").send();
    assert_eq!(answer.text(), "Welcome to the sandbox.\n");
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
    assert!(Sandbox::listen(authority.parse().unwrap()).is_err());
}

#[test]
fn the_port_is_free_again_after_the_sandbox_has_stopped() {
    let sandbox = Sandbox::start();
    let url = sandbox.webdav().url;
    let address = url.split('/').nth(2).unwrap().parse().unwrap();
    drop(sandbox);
    assert_eq!(Sandbox::listen(address).unwrap().webdav().url, url);
}
