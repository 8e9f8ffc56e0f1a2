//! The sandbox behind TLS, by a client that verifies.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use wharf_sandbox::{Fault, FaultRule, Options, Sandbox};

use crate::wire::connect;

fn behind_tls() -> Sandbox {
    let options = Options {
        tls: true,
        ..Options::default()
    };
    Sandbox::launch(options).unwrap()
}

fn authority(sandbox: &Sandbox) -> String {
    let url = sandbox.control_url();
    let rest = url.strip_prefix("https://").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// The sandbox's own authority.
fn trusted(sandbox: &Sandbox) -> RootCertStore {
    let pem = fs::read(sandbox.ca_file().unwrap()).unwrap();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&pem).unwrap())
        .unwrap();
    roots
}

/// What is answered to a GET, by a client that trusts these and knows the server by this name.
fn get(
    sandbox: &Sandbox,
    roots: RootCertStore,
    name: &str,
    path: &str,
) -> (String, io::Result<()>) {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream: StreamOwned<_, TcpStream> =
        StreamOwned::new(client, connect(&authority(sandbox)));
    let host = authority(sandbox);
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut bytes = Vec::new();
    let end = stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.read_to_end(&mut bytes).map(drop));
    (String::from_utf8(bytes).unwrap(), end)
}

#[test]
fn whoever_trusts_the_ca_file_is_served_and_nobody_else() {
    let sandbox = behind_tls();
    for name in ["127.0.0.1", "localhost"] {
        let (answer, end) = get(&sandbox, trusted(&sandbox), name, "/oauth2/v3/userinfo");
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        end.unwrap();
    }
    let other = behind_tls();
    for (roots, name) in [
        (trusted(&other), "127.0.0.1"),
        (trusted(&sandbox), "elsewhere.example"),
    ] {
        let (answer, end) = get(&sandbox, roots, name, "/oauth2/v3/userinfo");
        assert_eq!(answer, "");
        assert_eq!(end.unwrap_err().kind(), ErrorKind::InvalidData);
    }
    assert_eq!(sandbox.requests().len(), 2);
}

#[test]
fn every_address_is_https() {
    let sandbox = behind_tls();
    let urls = [
        sandbox.google().auth_url,
        sandbox.google().api_url,
        sandbox.microsoft().token_url,
        sandbox.webdav().url,
    ];
    assert!(
        urls.iter().all(|url| url.starts_with("https://")),
        "{urls:?}"
    );
    assert_eq!(Sandbox::start().ca_file(), None);
}

#[test]
fn a_reset_passes_through() {
    let sandbox = behind_tls();
    sandbox.inject(FaultRule::on("*", Fault::ResetBefore));
    let (answer, end) = get(&sandbox, trusted(&sandbox), "localhost", "/token");
    assert_eq!(answer, "");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
}
