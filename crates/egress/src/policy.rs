//! Decides which URLs, names and addresses may be reached. Pure: no I/O, no clock.
//!
//! Each stage stands alone, because each sees something the others do not: the text before it is
//! parsed, the URL before anything is resolved, the answers before anything is dialled.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use crate::typed::{self, CheckedUrl};
use crate::{Issuer, PortSet, Refusal, Trust, address, name};

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

    /// Judges one address: public, or in an excepted network (S-06).
    pub fn check_address(&self, address: IpAddr) -> Result<(), Refusal> {
        if address::is_public(address) || self.is_excepted(address) {
            Ok(())
        } else {
            Err(Refusal::Address)
        }
    }

    /// Whether the operator named a network with this address in it.
    pub(crate) fn is_excepted(&self, address: IpAddr) -> bool {
        self.allow_networks
            .iter()
            .any(|network| network.contains(&address))
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
        if self.allow_networks.is_empty() {
            name::check_public(name)?;
        }
        Ok(())
    }
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
mod tests {
    use super::*;

    const PUBLIC: &str = "93.184.215.14";

    fn default_policy() -> Policy {
        Policy::new(Exceptions::default())
    }

    fn lan_policy() -> Policy {
        let allow_networks = vec!["192.168.0.0/16".parse().unwrap()];
        Policy::new(Exceptions {
            allow_networks,
            ..Exceptions::default()
        })
    }

    fn addresses(list: &[&str]) -> Vec<IpAddr> {
        list.iter()
            .map(|address| address.parse().unwrap())
            .collect()
    }

    fn typed_refusal(policy: &Policy, text: &str) -> Option<&'static str> {
        policy.check_typed(text).err().map(Refusal::rule)
    }

    // S-03
    #[test]
    fn http_and_its_port_need_the_operators_word() {
        let with_http = Policy::new(Exceptions {
            allow_http: true,
            ..Exceptions::default()
        });
        assert_eq!(
            typed_refusal(&default_policy(), "http://a.org/"),
            Some("scheme")
        );
        assert_eq!(typed_refusal(&with_http, "http://a.org/"), None);
        assert_eq!(
            typed_refusal(&with_http, "http://a.org:8080/"),
            Some("port")
        );
        assert_eq!(
            typed_refusal(&default_policy(), "https://a.org:80/"),
            Some("port")
        );
    }

    // S-03
    #[test]
    fn the_operators_ports_replace_the_default_ones() {
        let allow_ports = Some("5006".parse().unwrap());
        let policy = Policy::new(Exceptions {
            allow_ports,
            ..Exceptions::default()
        });
        assert_eq!(typed_refusal(&policy, "https://a.org:5006/"), None);
        assert_eq!(typed_refusal(&policy, "https://a.org/"), Some("port"));
    }

    // S-09: the URL stage knows literals, and rules for typed text do not bind our own URLs.
    #[test]
    fn a_built_url_may_have_a_query_but_no_private_host() {
        let policy = default_policy();
        let check = |text: &str| policy.check_url(Trust::Typed, &Url::parse(text).unwrap());
        assert_eq!(check("https://a.org/x?upload_id=1#f"), Ok(()));
        assert_eq!(
            check("https://127.0.0.1/x?upload_id=1"),
            Err(Refusal::Address)
        );
        assert_eq!(check("https://[::1]/"), Err(Refusal::Address));
        assert_eq!(check("https://2130706433/"), Err(Refusal::Address));
        assert_eq!(check("https://localhost/"), Err(Refusal::SingleLabel));
        assert_eq!(check("data:text/plain,x"), Err(Refusal::Scheme));
    }

    // S-05: a LAN name stands or falls with its answers.
    #[test]
    fn a_lan_name_passes_only_when_every_answer_is_excepted() {
        let policy = lan_policy();
        for name in ["nextcloud.local", "nas", "cloud.example.org"] {
            assert_eq!(
                typed_refusal(&policy, &format!("https://{name}/")),
                None,
                "{name}"
            );
            assert_eq!(
                policy.check_answers(Trust::Typed, name, &addresses(&["192.168.1.9"])),
                Ok(()),
                "{name}"
            );
        }
        for (name, answers, refusal) in [
            ("nextcloud.local", vec![PUBLIC], Refusal::NameSuffix),
            (
                "nextcloud.local",
                vec!["192.168.1.9", PUBLIC],
                Refusal::NameSuffix,
            ),
            ("nas", vec!["10.0.0.9"], Refusal::SingleLabel),
            (
                "cloud.example.org",
                vec!["192.168.1.9", "10.0.0.9"],
                Refusal::Address,
            ),
        ] {
            assert_eq!(
                policy.check_answers(Trust::Typed, name, &addresses(&answers)),
                Err(refusal),
                "{name}"
            );
        }
    }

    // S-05
    #[test]
    fn without_excepted_networks_a_private_name_is_refused_unresolved() {
        assert_eq!(
            typed_refusal(&default_policy(), "https://nas.local/"),
            Some("name-suffix")
        );
        assert_eq!(
            typed_refusal(&default_policy(), "https://localhost/"),
            Some("single-label")
        );
    }

    // S-07
    #[test]
    fn the_number_of_answers_is_bounded_on_both_sides() {
        let answers = addresses(&[PUBLIC; 17]);
        let check =
            |answers: &[IpAddr]| default_policy().check_answers(Trust::Typed, "a.org", answers);
        assert_eq!(check(&[]), Err(Refusal::Unresolved));
        assert_eq!(check(&answers[..16]), Ok(()));
        assert_eq!(check(&answers), Err(Refusal::TooManyAnswers));
    }

    // S-06: an exception for IPv4 does not open the same address dressed as IPv6.
    #[test]
    fn an_exception_covers_its_own_family_only() {
        let policy = lan_policy();
        assert_eq!(policy.check_address("192.168.1.9".parse().unwrap()), Ok(()));
        assert_eq!(
            policy.check_address("::ffff:192.168.1.9".parse().unwrap()),
            Err(Refusal::Address)
        );
    }

    // S-12
    #[test]
    fn private_and_unknown_hosts_are_not_explained() {
        for text in ["https://127.0.0.1/", "https://nas.local/", "https://db/"] {
            let refusal = default_policy().check_typed(text).unwrap_err();
            assert!(!refusal.decided_by_text(), "{text}");
        }
        for text in [
            "https://0x7f.1/",
            "ftp://a.org/",
            "https://a.org:22/",
            "https://u@a.org/",
        ] {
            let refusal = default_policy().check_typed(text).unwrap_err();
            assert!(refusal.decided_by_text(), "{text}");
        }
    }
}
