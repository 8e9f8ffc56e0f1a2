//! What a description must keep, so that a wrong setting is told at the start and not by a user.

use secrecy::ExposeSecret as _;
use url::{Host, Url};

use super::{Description, Identification};

/// A key of the description, and what is wrong with its value.
pub(crate) type Objection = (&'static str, &'static str);

/// The parameters that are ours alone (RFC 6749, section 4.1.1; RFC 7636, section 4.3). Whoever sets one
/// by the settings would switch off what protects the flow.
const RESERVED: [&str; 9] = [
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

impl Description {
    /// Refuses what no server could be asked with, and what would be asked in the open.
    pub(crate) fn check(&self) -> Result<(), Objection> {
        self.check_addresses()?;
        if self.client_id.is_empty() {
            return Err(("client_id", "must not be empty"));
        }
        if self.client_secret.expose_secret().is_empty() {
            return Err(("client_secret", "must not be empty"));
        }
        if self.sends_issuer && self.issuer.is_none() {
            return Err(("issuer", "must be set where the server sends it"));
        }
        if self.scopes.is_empty() || !self.scopes.cover(&self.needed) {
            return Err(("scopes", "must cover what is needed"));
        }
        let mut parameters = self.authorization_parameters.keys();
        if parameters.any(|name| RESERVED.contains(&name.as_str())) {
            return Err((
                "authorization_parameters",
                "must not set a parameter of the protocol",
            ));
        }
        Ok(())
    }

    fn check_addresses(&self) -> Result<(), Objection> {
        let userinfo = match &self.identification {
            Identification::Userinfo { url } => Some(url),
            Identification::MicrosoftIdToken { .. } => None,
        };
        let addresses = [
            ("auth_url", Some(&self.auth_url)),
            ("token_url", Some(&self.token_url)),
            ("revoke_url", self.revoke_url.as_ref()),
            ("storage_url", Some(&self.storage_url)),
            ("identification", userinfo),
        ];
        for (key, address) in addresses {
            if let Some(address) = address {
                check_address(address).map_err(|reason| (key, reason))?;
            }
        }
        match Url::parse(&self.redirect_uri) {
            Ok(address) if address.fragment().is_none() && address.has_host() => Ok(()),
            _ => Err(("redirect_uri", "must be an address without a fragment")),
        }
    }
}

/// Endpoints are reached by TLS (RFC 6749, sections 3.1 and 3.2), or on this very machine.
fn check_address(address: &Url) -> Result<(), &'static str> {
    let is_loopback = match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match address.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        _ => return Err("must be an https address"),
    }
    if address.fragment().is_some() {
        return Err("must not have a fragment");
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err("must not have a user name or password");
    }
    Ok(())
}
