//! The TLS side: which certificates are trusted, and the handshake (S-14). Nothing here can switch
//! verification off.
//!
//! The configuration names its crypto provider itself, so that the crate needs none installed for
//! the process.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::{Connect, TlsConnector};
use url::{Host, Url};

use crate::{Error, Refusal};

/// Trusts the system's certificate authorities and those of the operator.
pub(crate) fn client_config(extra_ca_pem: Option<&[u8]>) -> Result<ClientConfig, Error> {
    let mut roots = SYSTEM_ROOTS.clone();
    if let Some(pem) = extra_ca_pem {
        add_extra_roots(&mut roots, pem)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::TlsSetup)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Shakes hands on a connection, as with the URL's host.
pub(crate) fn handshake<C: Read + Write + Unpin>(
    config: &Arc<ClientConfig>,
    url: &Url,
    connection: C,
) -> Result<Connect<TokioIo<C>>, Refusal> {
    let server = match url.host() {
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()),
        Some(Host::Ipv4(address)) => Ok(IpAddr::from(address).into()),
        Some(Host::Ipv6(address)) => Ok(IpAddr::from(address).into()),
        None => return Err(Refusal::Host),
    };
    let server = server.map_err(|_| Refusal::Host)?;
    let connector = TlsConnector::from(Arc::clone(config));
    Ok(connector.connect(server, TokioIo::new(connection)))
}

/// The system's certificate authorities, read once in the life of a process.
static SYSTEM_ROOTS: LazyLock<RootCertStore> = LazyLock::new(system_roots);

/// A machine without certificate authorities is no reason not to start: it may talk to its own
/// network only. Whatever it cannot verify it then refuses.
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a system certificate could not be read");
    }
    let (added, _unusable) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        tracing::warn!("the system has no certificate authorities, so no public server is trusted");
    }
    roots
}

fn add_extra_roots(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), Error> {
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|source| Error::ExtraCa(source.into()))?;
        roots
            .add(certificate)
            .map_err(|source| Error::ExtraCa(source.into()))?;
    }
    if roots.len() == before {
        return Err(Error::ExtraCa("there is no certificate in it".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-14: a file that adds nothing is a mistake to be told at start, not at the first request.
    #[test]
    fn an_extra_ca_file_without_a_usable_certificate_is_refused() {
        let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let cut_short = "-----BEGIN CERTIFICATE-----\nAAAA\n";
        for pem in ["", "ca.pem", no_certificate, cut_short] {
            let refused = client_config(Some(pem.as_bytes()));
            assert!(matches!(refused, Err(Error::ExtraCa(_))), "{pem:?}");
        }
    }
}
