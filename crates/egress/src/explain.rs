//! Tells an operator what each rule says of an address (S-12 keeps it from everybody else). Asks the
//! policy and decides nothing itself.

use std::net::IpAddr;

use url::Host;

use crate::{Policy, Refusal, Trust};

/// What one rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has nothing against the address.
    Passed,
    /// It refuses the address.
    Refused,
    /// It was not asked: an earlier one refused, or what it judges is not known.
    NotJudged,
}

/// Every rule in the order in which they are asked, and what they say of one typed address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The rules and their verdicts.
    pub verdicts: Vec<(Refusal, Verdict)>,
    /// The rule that refuses it, if one does.
    pub refusal: Option<Refusal>,
}

impl Policy {
    /// What each rule says of a typed address, and of the answers that its name has, if they were
    /// looked up. Without them, the rules about answers are not asked.
    pub fn explain(&self, text: &str, answers: Option<&[IpAddr]>) -> Explanation {
        let checked = self.check_typed(text);
        let (asked, refusal) = match &checked {
            Err(refusal) => (Asked::Text, Some(*refusal)),
            Ok(url) => match (url.as_url().host(), answers) {
                (Some(Host::Domain(name)), Some(answers)) => {
                    let judged = self.check_answers(Trust::Typed, name, answers);
                    (Asked::Answers, judged.err())
                }
                (Some(Host::Domain(_)), None) if self.excepts_networks() => (Asked::Spelling, None),
                (Some(Host::Domain(_)), None) => (Asked::Name, None),
                (Some(Host::Ipv4(_) | Host::Ipv6(_)) | None, _) => (Asked::Literal, None),
            },
        };
        Explanation {
            verdicts: verdicts(asked, refusal),
            refusal,
        }
    }
}

/// How far the questions went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// To the rule that refused the text.
    Text,
    /// To the address that stands in the text.
    Literal,
    /// To the letters of the name, whose answers decide the rest.
    Spelling,
    /// To the name.
    Name,
    /// To what the name resolved to.
    Answers,
}

fn verdicts(asked: Asked, refusal: Option<Refusal>) -> Vec<(Refusal, Verdict)> {
    let refused_at = Refusal::IN_ORDER
        .iter()
        .position(|rule| Some(*rule) == refusal);
    let rules = Refusal::IN_ORDER.into_iter().enumerate();
    rules
        .map(|(position, rule)| {
            let verdict = match refused_at {
                Some(refused_at) if position == refused_at => Verdict::Refused,
                Some(refused_at) if position > refused_at => Verdict::NotJudged,
                _ if is_asked(rule, asked) => Verdict::Passed,
                _ => Verdict::NotJudged,
            };
            (rule, verdict)
        })
        .collect()
}

fn is_asked(rule: Refusal, asked: Asked) -> bool {
    match rule {
        Refusal::Unresolved | Refusal::TooManyAnswers => asked == Asked::Answers,
        Refusal::Address => matches!(asked, Asked::Literal | Asked::Answers),
        Refusal::SingleLabel | Refusal::NameSuffix => {
            matches!(asked, Asked::Name | Asked::Answers)
        }
        Refusal::NameLength => asked != Asked::Literal,
        Refusal::Peer | Refusal::Issuer => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exceptions;

    fn explain(exceptions: Exceptions, text: &str, answers: Option<&[&str]>) -> Explanation {
        let answers: Option<Vec<IpAddr>> =
            answers.map(|answers| answers.iter().map(|one| one.parse().unwrap()).collect());
        Policy::new(exceptions).explain(text, answers.as_deref())
    }

    fn rules(explanation: &Explanation, verdict: Verdict) -> Vec<&'static str> {
        let verdicts = explanation.verdicts.iter();
        verdicts
            .filter(|(_, given)| *given == verdict)
            .map(|(rule, _)| rule.rule())
            .collect()
    }

    #[test]
    fn one_rule_refuses_and_those_after_it_are_not_asked() {
        let refused = explain(Exceptions::default(), "https://a.org:22/", None);
        assert_eq!(rules(&refused, Verdict::Refused), ["port"]);
        assert!(rules(&refused, Verdict::Passed).contains(&"scheme"));
        let not_judged = rules(&refused, Verdict::NotJudged);
        assert!(not_judged.contains(&"name-suffix") && not_judged.contains(&"address"));
    }

    #[test]
    fn the_answers_are_judged_only_where_they_are_known() {
        let url = "https://cloud.example.org/";
        let unknown = explain(Exceptions::default(), url, None);
        assert_eq!(unknown.refusal, None);
        let not_judged = rules(&unknown, Verdict::NotJudged);
        assert_eq!(
            not_judged,
            ["resolve", "too-many-answers", "address", "peer", "issuer"]
        );
        let private = explain(Exceptions::default(), url, Some(&["10.0.0.1"]));
        assert_eq!(private.refusal, Some(Refusal::Address));
        let public = explain(Exceptions::default(), url, Some(&["93.184.215.14"]));
        assert_eq!(rules(&public, Verdict::NotJudged), ["peer", "issuer"]);
    }

    // A LAN name's suffix is nothing to say about before its answers are known.
    #[test]
    fn with_an_excepted_network_the_answers_decide_the_name() {
        let lan = || Exceptions {
            allow_networks: vec!["192.168.0.0/16".parse().unwrap()],
            ..Exceptions::default()
        };
        let unknown = explain(lan(), "https://nas.local/", None);
        assert!(rules(&unknown, Verdict::NotJudged).contains(&"name-suffix"));
        let known = explain(lan(), "https://nas.local/", Some(&["192.168.1.9"]));
        assert_eq!(known.refusal, None);
        let elsewhere = explain(lan(), "https://nas.local/", Some(&["93.184.215.14"]));
        assert_eq!(elsewhere.refusal, Some(Refusal::NameSuffix));
    }
}
