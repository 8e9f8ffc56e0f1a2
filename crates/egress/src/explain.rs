//! Tells an operator what the rules say of a typed address (S-12 keeps it from everybody else). Asks the
//! policy and decides nothing itself.

use std::net::IpAddr;

use url::Host;

use crate::{Policy, Refusal, Trust};

/// What the rules say of one typed address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explanation {
    /// Every rule lets it pass.
    Allowed,
    /// Its text passes. Its name's answers, which are not known here, decide the rest.
    AllowedUnresolved,
    /// This rule refuses it, and those after it were not asked.
    Refused(Refusal),
}

impl Explanation {
    /// The rule that refuses the address, if one does.
    pub const fn refusal(self) -> Option<Refusal> {
        match self {
            Self::Allowed | Self::AllowedUnresolved => None,
            Self::Refused(refusal) => Some(refusal),
        }
    }
}

impl Policy {
    /// What the rules say of a typed address, and of the answers that its name has, where they are
    /// known; none at all are those of a name that does not exist. An address literal needs no answers
    /// and is not judged by any.
    pub fn explain(&self, text: &str, answers: Option<&[IpAddr]>) -> Explanation {
        let judged = self
            .check_typed(text)
            .and_then(|url| match (url.as_url().host(), answers) {
                (Some(Host::Domain(name)), Some(answers)) => self
                    .check_answers(Trust::Typed, name, answers)
                    .map(|()| Explanation::Allowed),
                (Some(Host::Domain(_)), None) => Ok(Explanation::AllowedUnresolved),
                (Some(Host::Ipv4(_) | Host::Ipv6(_)) | None, _) => Ok(Explanation::Allowed),
            });
        judged.unwrap_or_else(Explanation::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::Explanation::{Allowed, AllowedUnresolved, Refused};
    use super::*;
    use crate::Exceptions;

    fn explain(exceptions: Exceptions, text: &str, answers: Option<&[&str]>) -> Explanation {
        let answers: Option<Vec<IpAddr>> =
            answers.map(|answers| answers.iter().map(|one| one.parse().unwrap()).collect());
        Policy::new(exceptions).explain(text, answers.as_deref())
    }

    #[test]
    fn the_first_rule_that_refuses_is_told() {
        let explain = |text| explain(Exceptions::default(), text, None);
        assert_eq!(explain("ftp://a.org:22/"), Refused(Refusal::Scheme));
        assert_eq!(explain("https://nas.local:22/"), Refused(Refusal::Port));
    }

    #[test]
    fn the_answers_are_judged_only_where_they_are_known() {
        let explain = |answers| explain(Exceptions::default(), "https://a.org/", answers);
        assert_eq!(explain(None), AllowedUnresolved);
        assert_eq!(explain(Some(&["10.0.0.1"])), Refused(Refusal::Address));
        assert_eq!(explain(Some(&["93.184.215.14"])), Allowed);
        assert_eq!(explain(Some(&[])), Refused(Refusal::Unresolved));
    }

    // S-09: what DNS says has nothing to do with an address literal.
    #[test]
    fn an_address_literal_is_judged_without_answers() {
        let explain = |text, answers| explain(Exceptions::default(), text, answers);
        assert_eq!(explain("https://9.9.9.9/", None), Allowed);
        assert_eq!(explain("https://9.9.9.9/", Some(&["10.0.0.1"])), Allowed);
        assert_eq!(
            explain("https://10.0.0.1/", Some(&["9.9.9.9"])),
            Refused(Refusal::Address)
        );
    }

    // A LAN name's suffix is nothing to say about before its answers are known.
    #[test]
    fn with_an_excepted_network_the_answers_decide_the_name() {
        let explain = |answers| {
            let lan = Exceptions {
                allow_networks: vec!["192.168.0.0/16".parse().unwrap()],
                ..Exceptions::default()
            };
            explain(lan, "https://nas.local/", answers)
        };
        assert_eq!(explain(None), AllowedUnresolved);
        assert_eq!(explain(Some(&["192.168.1.9"])), Allowed);
        assert_eq!(
            explain(Some(&["93.184.215.14"])),
            Refused(Refusal::NameSuffix)
        );
    }
}
