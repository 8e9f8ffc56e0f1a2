//! Decides which URLs, names and addresses may be reached. Pure: no I/O, no clock.
//!
//! Each stage stands alone, because each sees something the others do not: the text before it is
//! parsed, the URL before anything is resolved, the answers before anything is dialled.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use crate::typed::{self, CheckedUrl};
use crate::{Issuer, Nat64Prefix, PortSet, Refusal, Trust, address, name};

/// More answers than this and the name is refused (S-07).
pub(crate) const MAX_ANSWERS: usize = 16;

/// What the operator opens beyond the public Internet over https. Nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions {
    /// Networks that may be reached although they are not public.
    pub allow_networks: Vec<IpNet>,
    /// Whether plain http is allowed.
    pub allow_http: bool,
    /// The allowed ports; [`PortSet::default_for`] where absent.
    pub allow_ports: Option<PortSet>,
}

/// The rules, with the operator's exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    allow_networks: Vec<IpNet>,
    allow_http: bool,
    allow_ports: PortSet,
    deny_networks: Vec<IpNet>,
    nat64: Option<Nat64Prefix>,
}

impl Policy {
    /// The rules with these exceptions.
    pub fn new(exceptions: Exceptions) -> Self {
        let Exceptions {
            allow_networks,
            allow_http,
            allow_ports,
        } = exceptions;
        let allow_ports = allow_ports.unwrap_or_else(|| PortSet::default_for(allow_http));
        Self {
            allow_networks,
            allow_http,
            allow_ports,
            deny_networks: Vec::new(),
            nat64: None,
        }
    }

    /// The same rules, and none of these networks may be reached either, whatever else is excepted: an
    /// operator's own public hosts, which trust their neighbours (S-06).
    #[must_use]
    pub fn denying(self, deny_networks: Vec<IpNet>) -> Self {
        Self {
            deny_networks,
            ..self
        }
    }

    /// The same rules for a host whose way to IPv4 is a NAT64: an address with this prefix is judged as
    /// the IPv4 address behind it (S-06). Without one, all of them are refused.
    #[must_use]
    pub fn behind_nat64(self, prefix: Option<Nat64Prefix>) -> Self {
        Self {
            nat64: prefix,
            ..self
        }
    }

    /// Judges what a person typed: its text, then the URL it makes (S-02..S-06).
    pub fn check_typed(&self, text: &str) -> Result<CheckedUrl, Refusal> {
        let url = typed::parse(text)?;
        self.check_url(Trust::Typed, &url)?;
        Ok(CheckedUrl::new(url))
    }

    /// Judges an address that an answer named, such as a poll endpoint, an upload session or the next
    /// page: the same as a typed one, but for a query, and it must lead to where its issuer may
    /// point (S-16).
    pub fn check_issued(&self, text: &str, issuer: Issuer<'_>) -> Result<CheckedUrl, Refusal> {
        let url = typed::parse_issued(text)?;
        self.check_url(Trust::Issued, &url)?;
        issuer.check(&url)?;
        Ok(CheckedUrl::new(url))
    }

    /// Judges the URL of a request: scheme, port and host (S-03, S-05, S-06).
    ///
    /// An address literal is decided here, for no resolver will be asked about it (S-09). A name is
    /// decided here by its spelling; by its suffix only where no network is excepted, for a LAN
    /// name's answers may lie in one: then [`Policy::check_answers`] decides.
    pub fn check_url(&self, trust: Trust, url: &Url) -> Result<(), Refusal> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo);
        }
        match trust {
            Trust::Typed | Trust::Issued => self.check_outside_url(url),
            Trust::Operator => self.check_operators_url(url),
        }
    }

    /// Judges what a name resolved to: every answer must pass (S-07).
    ///
    /// A name whose every answer lies in an excepted network may be any name; all others must be
    /// public names (S-05). An operator's name may lead anywhere, but `localhost` only to this machine.
    pub fn check_answers(
        &self,
        trust: Trust,
        name: &str,
        answers: &[IpAddr],
    ) -> Result<(), Refusal> {
        if answers.is_empty() {
            return Err(Refusal::Unresolved);
        }
        if answers.len() > MAX_ANSWERS {
            return Err(Refusal::TooManyAnswers);
        }
        name::check_spelling(name)?;
        match trust {
            Trust::Typed | Trust::Issued => self.check_outside_answers(name, answers),
            Trust::Operator => check_operators_answers(name, answers),
        }
    }

    /// Judges one address: public, or in an excepted network, and in none that is denied (S-06).
    pub fn check_address(&self, address: IpAddr) -> Result<(), Refusal> {
        let is_open = address::is_public(self.reached(address)) || self.is_excepted(address);
        if is_open && !self.is_denied(address) {
            Ok(())
        } else {
            Err(Refusal::Address)
        }
    }

    /// Whether the operator named any network.
    pub(crate) fn excepts_networks(&self) -> bool {
        !self.allow_networks.is_empty()
    }

    /// Whether the operator opened a network with this address in it.
    pub(crate) fn is_excepted(&self, address: IpAddr) -> bool {
        holds(&self.allow_networks, self.reached(address)) && !self.is_denied(address)
    }

    fn is_denied(&self, address: IpAddr) -> bool {
        holds(&self.deny_networks, address) || holds(&self.deny_networks, self.reached(address))
    }

    /// Whom a connection to the address reaches.
    fn reached(&self, address: IpAddr) -> IpAddr {
        self.nat64.map_or(address, |prefix| prefix.behind(address))
    }

    fn check_outside_url(&self, url: &Url) -> Result<(), Refusal> {
        self.check_scheme(url.scheme())?;
        self.check_port(url.port_or_known_default())?;
        match url.host() {
            Some(Host::Ipv4(address)) => self.check_address(address.into()),
            Some(Host::Ipv6(address)) => self.check_address(address.into()),
            Some(Host::Domain(name)) => self.check_unresolved_name(name),
            None => Err(Refusal::Host),
        }
    }

    fn check_operators_url(&self, url: &Url) -> Result<(), Refusal> {
        if !is_this_machine(url) {
            self.check_scheme(url.scheme())?;
        } else if !["https", "http"].contains(&url.scheme()) {
            return Err(Refusal::Scheme);
        }
        match (url.host(), url.port_or_known_default()) {
            (None, _) => Err(Refusal::Host),
            (_, None | Some(0)) => Err(Refusal::Port),
            (Some(Host::Domain(name)), _) => name::check_spelling(name),
            (Some(Host::Ipv4(_) | Host::Ipv6(_)), _) => Ok(()),
        }
    }

    fn check_outside_answers(&self, name: &str, answers: &[IpAddr]) -> Result<(), Refusal> {
        if answers.iter().all(|answer| self.is_excepted(*answer)) {
            return Ok(());
        }
        name::check_public(name)?;
        answers
            .iter()
            .try_for_each(|answer| self.check_address(*answer))
    }

    fn check_scheme(&self, scheme: &str) -> Result<(), Refusal> {
        match scheme {
            "https" => Ok(()),
            "http" if self.allow_http => Ok(()),
            _ => Err(Refusal::Scheme),
        }
    }

    fn check_port(&self, port: Option<u16>) -> Result<(), Refusal> {
        let is_allowed = port.is_some_and(|port| self.allow_ports.contains(port));
        if is_allowed {
            Ok(())
        } else {
            Err(Refusal::Port)
        }
    }

    fn check_unresolved_name(&self, name: &str) -> Result<(), Refusal> {
        name::check_spelling(name)?;
        if !self.excepts_networks() {
            name::check_public(name)?;
        }
        Ok(())
    }
}

fn holds(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

fn check_operators_answers(name: &str, answers: &[IpAddr]) -> Result<(), Refusal> {
    if name::is_localhost(name) && !answers.iter().all(IpAddr::is_loopback) {
        return Err(Refusal::Address);
    }
    Ok(())
}

/// Whether the text alone says that the URL leads to this machine.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name::is_localhost(name),
        None => false,
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
