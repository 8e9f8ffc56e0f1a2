//! Whom the client believes to be the server it asked for (S-14).

use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use wharf_egress::{Deadlines, Error, Options, Response, Stage};

use crate::support::{LOOPBACK, Script, Trap, client, excepting, fetch, read_head};

const NAME: &str = "cloud.example.org";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn leaf(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

/// A TLS server with a certificate of these parameters; its port.
async fn serve_tls(params: CertificateParams, issuer: Option<&Authority>) -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    let acceptor = TlsAcceptor::from(Arc::new(server_config(certificate.der().clone(), &key)));
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            // A client that refuses the certificate breaks the handshake off.
            let Ok(mut connection) = acceptor.accept(connection).await else {
                continue;
            };
            read_head(&mut connection).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            connection.write_all(answer).await.unwrap();
            connection.flush().await.unwrap();
        }
    });
    port
}

fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

/// Asks the server by its name, trusting that authority beside the system's.
async fn ask(port: u16, extra_ca_pem: Option<String>) -> Result<Response, Error> {
    let options = Options {
        extra_ca_pem: extra_ca_pem.map(String::into_bytes),
        lookup: Script::of(&[&["127.0.0.1"]]),
        ..Options::default()
    };
    let client = client(excepting(&["127.0.0.0/8"]), options);
    fetch(&client, &format!("https://{NAME}:{port}/")).await
}

// S-14
#[tokio::test]
async fn an_authority_is_believed_only_where_the_operator_named_it() {
    let authority = authority();
    let port = serve_tls(leaf(NAME), Some(&authority)).await;
    assert_eq!(
        ask(port, Some(authority.pem())).await.unwrap().status(),
        200
    );
    let refused = ask(port, None).await;
    assert!(matches!(refused, Err(Error::Tls { .. })), "{refused:?}");
}

// S-14
#[tokio::test]
async fn self_signed_expired_and_misnamed_certificates_are_refused() {
    let authority = authority();
    let mut expired = leaf(NAME);
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2020, 2, 1);
    for (what, port) in [
        ("self-signed", serve_tls(leaf(NAME), None).await),
        ("expired", serve_tls(expired, Some(&authority)).await),
        (
            "another's name",
            serve_tls(leaf("other.example.org"), Some(&authority)).await,
        ),
    ] {
        let refused = ask(port, Some(authority.pem())).await;
        assert!(
            matches!(refused, Err(Error::Tls { .. })),
            "{what}: {refused:?}"
        );
    }
}

/// A server that says this to every ClientHello; its port.
async fn serve_bytes(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut hello = [0; 5];
            connection.read_exact(&mut hello).await.unwrap();
            let length = u16::from_be_bytes([hello[3], hello[4]]);
            let mut rest = vec![0; length.into()];
            connection.read_exact(&mut rest).await.unwrap();
            connection.write_all(answer).await.unwrap();
        }
    });
    port
}

/// A ServerHello of TLS 1.1 (RFC 4346, section 7.4.1.3): version 3.2, 32 random bytes, no session,
/// TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, no compression.
const HELLO_OF_TLS_1_1: &[u8] = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
    0123456789abcdef0123456789abcdef\x00\xc0\x13\x00";

/// The alert `protocol_version` of a server that knows nothing newer (section 7.2.2).
const ALERT_OF_TLS_1_1: &[u8] = b"\x15\x03\x02\x00\x02\x02\x46";

// S-14
#[tokio::test]
async fn an_outdated_tls_is_refused() {
    for (what, answer) in [
        ("TLS 1.1", HELLO_OF_TLS_1_1),
        ("an alert", ALERT_OF_TLS_1_1),
        ("no TLS at all", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    ] {
        let refused = ask(serve_bytes(answer).await, None).await;
        assert!(
            matches!(refused, Err(Error::Tls { .. })),
            "{what}: {refused:?}"
        );
    }
}

// the connection is taken, and then nobody shakes hands.
#[tokio::test]
async fn a_stalled_handshake_is_a_timeout_of_tls() {
    let silent = Trap::default();
    let deadlines = Deadlines {
        tls: Duration::from_millis(150),
        ..Deadlines::default()
    };
    let options = Options {
        deadlines,
        ..Options::default()
    };
    let client = client(excepting(&["127.0.0.0/8"]), options);
    let error = fetch(&client, &format!("https://{}/", silent.address()))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                stage: Stage::Tls,
                ..
            }
        ),
        "{error:?}"
    );
}
