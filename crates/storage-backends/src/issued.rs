//! Addresses that a provider's answer names, for an upload, a download or an export. Whoever knows one may mostly
//! use it, so they are secrets; and they lead to that provider, or nowhere (S-16). It knows no provider.

use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Client, Issuer, Limits, Response, Trust};

use crate::address::address_refusal;
use crate::circuit::Circuit;
use crate::fault::Fault;

/// An address that was issued, and the way there.
#[derive(Clone)]
pub(crate) struct Issued {
    address: SecretString,
    egress: Client,
    circuit: Circuit,
}

impl Issued {
    /// The address, if it leads to one of the issuer's hosts over https, or to the operator's own: those are
    /// trusted with tokens already, and a simulator or a gateway there names nothing but itself.
    ///
    /// `egress` is the way to the operator's addresses, and `circuit` one about the account.
    pub(crate) fn check(
        address: &str,
        issuer: Issuer<'_>,
        is_own: impl FnOnce(&Url) -> bool,
        egress: &Client,
        circuit: &Circuit,
    ) -> Result<Self, Fault> {
        let (url, egress) = match address.parse().ok().filter(is_own) {
            Some(url) => (url, egress.clone()),
            None => {
                let issued = egress.policy().check_issued(address, issuer);
                let issued = issued.map_err(|refusal| {
                    StorageErrorKind::AddressRefused(address_refusal(refusal))
                })?;
                (issued.into_url(), egress.trusting(Trust::Issued))
            }
        };
        Ok(Self {
            circuit: circuit.to(&url),
            address: String::from(url).into(),
            egress,
        })
    }

    /// A request to the address, without any credential.
    pub(crate) fn request(&self, method: Method) -> Result<Request, Fault> {
        let url: Result<Url, _> = self.address.expose_secret().parse();
        let url = url.map_err(|_| StorageErrorKind::Unavailable)?;
        Ok(Request::new(method, url))
    }

    /// The answer to what is sent there, of any status.
    pub(crate) async fn answer(&self, request: Request, limits: Limits) -> Result<Response, Fault> {
        let sending = self.egress.execute(request, limits);
        self.circuit.answer(sending).await
    }

    /// The way there.
    pub(crate) const fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The same address for what clears something up, and is asked for in any case.
    pub(crate) fn insisting(&self) -> Self {
        Self {
            circuit: self.circuit.insisting(),
            ..self.clone()
        }
    }
}
