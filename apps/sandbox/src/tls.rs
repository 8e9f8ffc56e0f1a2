//! TLS in front of the server, with a certificate authority that is made at the start. It passes on how a
//! connection ends, so that faults look the same from outside.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What the front shows, and by what clients know it.
pub(crate) struct Identity {
    /// The authority's certificate, in PEM.
    pub(crate) authority: String,
    acceptor: TlsAcceptor,
}

impl Identity {
    /// A fresh authority, and a certificate of its for this address and `localhost`.
    pub(crate) fn fresh(address: IpAddr) -> io::Result<Self> {
        let authority = authority().map_err(io::Error::other)?;
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = CertificateParams::new([address.to_string(), "localhost".to_owned()])
            .and_then(|params| params.signed_by(&key, &authority))
            .map_err(io::Error::other)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .map_err(io::Error::other)?;
        Ok(Self {
            authority: authority.pem(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::new([])?;
    params
        .distinguished_name
        .push(DnType::CommonName, "The sandbox's certificate authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

/// Accepts connections for as long as it is polled, and leads what is within them to `server`.
pub(crate) async fn front(listener: TcpListener, identity: Identity, server: SocketAddr) {
    loop {
        // A client that is gone again before it was accepted is no reason to stop.
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        let acceptor = identity.acceptor.clone();
        actix_web::rt::spawn(async move {
            // A client that does not trust the certificate hangs up: nobody is left to tell.
            let _ = lead(client, acceptor, server).await;
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox connects to itself; no address comes from outside"
)]
async fn lead(client: TcpStream, acceptor: TlsAcceptor, server: SocketAddr) -> io::Result<()> {
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(server).await?;
    let outcome = copy_bidirectional(&mut client, &mut server).await;
    if outcome.is_err() {
        // Whichever side was reset, the other one is as well.
        client.get_ref().0.set_zero_linger()?;
        server.set_zero_linger()?;
    }
    Ok(())
}
