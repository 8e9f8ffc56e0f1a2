//! The lints that keep everybody else from the network (S-01, S-07).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Every way out that a crate of the workspace could take without asking for another dependency.
const WAYS_OUT: [&str; 14] = [
    "hyper_rustls::HttpsConnectorBuilder::new",
    "hyper_util::client::legacy::connect::HttpConnector::new",
    "reqwest::Client::builder",
    "reqwest::Client::execute",
    "reqwest::Client::new",
    "reqwest::ClientBuilder::new",
    "reqwest::RequestBuilder::send",
    "reqwest::get",
    "std::net::TcpStream::connect",
    "std::net::TcpStream::connect_timeout",
    "std::net::ToSocketAddrs::to_socket_addrs",
    "tokio::net::TcpSocket::connect",
    "tokio::net::TcpStream::connect",
    "tokio::net::lookup_host",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_way_out_is_forbidden() {
    let rules = fs::read_to_string(root().join("clippy.toml")).unwrap();
    for way in WAYS_OUT {
        assert!(rules.contains(&format!("path = \"{way}\"")), "{way}");
    }
}

/// What the lints of the workspace say of one file.
fn lint(source: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("planted.rs");
    fs::write(&file, source).unwrap();
    Command::new(Path::new(env!("CARGO")).with_file_name("clippy-driver"))
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata"])
        .args(["-D", "clippy::disallowed_methods", "--out-dir"])
        .arg(folder.path())
        .arg(&file)
        .env("CLIPPY_CONF_DIR", root())
        .output()
        .unwrap()
}

// S-01: a planted connection is found, and nothing is found where none is.
#[test]
fn a_planted_connection_is_refused() {
    let planted = lint("pub fn f() { let _ = std::net::TcpStream::connect(\"10.0.0.1:80\"); }");
    let said = String::from_utf8_lossy(&planted.stderr);
    assert!(!planted.status.success(), "{said}");
    assert!(
        said.contains("only wharf-egress opens connections"),
        "{said}"
    );

    let honest = lint("pub fn f() -> u16 { 80 }");
    assert!(honest.status.success(), "{honest:?}");
}
