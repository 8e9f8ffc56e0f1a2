//! Addresses that OneDrive lends for one upload, download or copy. Whoever knows one may use it, so they are
//! secrets; they get no token, and lead to Microsoft only (S-11, S-16).

use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Issuer, Trust};

use crate::address::address_refusal;
use crate::fault::Fault;

/// Where Microsoft's addresses lead that need no token, and that only: whoever may be beneath one of these
/// names is Microsoft, or a customer's library at Microsoft.
///
/// `sharepoint.com` and its like in the clouds for the United States' government and in China are the
/// libraries of work and school accounts; the others are where personal accounts have theirs.
/// <https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges>
const HOSTS: Issuer<'_> = Issuer::Hosts(&[
    "sharepoint.com",
    "sharepoint.us",
    "sharepoint-mil.us",
    "dps.mil",
    "sharepoint.cn",
    "1drv.com",
    "onedrive.com",
    "microsoftpersonalcontent.com",
]);

/// An address that was lent.
#[derive(Clone)]
pub(crate) struct Lent {
    address: SecretString,
    egress: wharf_egress::Client,
}

impl Lent {
    /// The address, if it leads to where it may: to one of Microsoft's hosts over https, or to the very origin
    /// that the operator's settings name as Graph's. That one is trusted with tokens already, and a simulator
    /// or a gateway there lends nothing but itself.
    ///
    /// `egress` is the way to the operator's addresses, of which Graph is beneath `api`.
    pub(crate) fn check(
        address: &str,
        api: &Url,
        egress: &wharf_egress::Client,
    ) -> Result<Self, Fault> {
        let url = address.parse::<Url>().ok();
        let egress = if url.is_some_and(|url| url.origin() == api.origin()) {
            egress.clone()
        } else {
            let issued = egress.policy().check_issued(address, HOSTS);
            issued.map_err(|refusal| StorageErrorKind::AddressRefused(address_refusal(refusal)))?;
            egress.trusting(Trust::Issued)
        };
        Ok(Self {
            address: address.into(),
            egress,
        })
    }

    /// A request to the address, without any credential.
    pub(crate) fn request(&self, method: Method) -> Result<Request, Fault> {
        let url: Result<Url, _> = self.address.expose_secret().parse();
        let url = url.map_err(|_| StorageErrorKind::Unavailable)?;
        Ok(Request::new(method, url))
    }

    /// The way there.
    pub(crate) const fn egress(&self) -> &wharf_egress::Client {
        &self.egress
    }
}
