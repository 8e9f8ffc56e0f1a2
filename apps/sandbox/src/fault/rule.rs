//! To which requests a fault happens.

use serde::{Deserialize, Serialize};

use super::kind::Fault;

/// A fault and the requests that meet it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// `METHOD /path` without the query, or only the path; `*` stands for any text. Absent: every
    /// route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// An e-mail address, or a WebDAV user name. Absent: every account, and requests about none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// How many requests that fit are let through before the first meets it.
    #[serde(default)]
    pub skip: u64,
    /// How many requests meet it. Absent: all that come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How probable it is that one that could meet it does.
    #[serde(default = "certain")]
    pub probability: f64,
    /// What they meet.
    pub fault: Fault,
}

const fn certain() -> f64 {
    1.0
}

impl FaultRule {
    /// This fault for every request to a route, written as [`route`](Self::route).
    #[must_use]
    pub fn on(route: &str, fault: Fault) -> Self {
        Self {
            route: Some(route.to_owned()),
            account: None,
            skip: 0,
            times: None,
            probability: certain(),
            fault,
        }
    }

    /// The same for one account only.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        let account = Some(account.to_owned());
        Self { account, ..self }
    }

    /// The same for so many requests only.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        let times = Some(times);
        Self { times, ..self }
    }

    /// The same after so many requests that go well.
    #[must_use]
    pub fn skip(self, skip: u64) -> Self {
        Self { skip, ..self }
    }

    /// The same with this probability.
    #[must_use]
    pub fn probability(self, probability: f64) -> Self {
        Self {
            probability,
            ..self
        }
    }

    /// Whether a request fits, its count apart.
    pub(super) fn fits(&self, method: &str, path: &str, account: Option<&str>) -> bool {
        let is_route = self.route.as_deref().is_none_or(|route| {
            let (methods, paths) = route.split_once(' ').unwrap_or(("*", route));
            matches(methods, method) && matches(paths, path)
        });
        is_route && (self.account.is_none() || self.account.as_deref() == account)
    }
}

/// Whether a text is what the pattern says; `*` stands for any part of it.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(head) else {
        return false;
    };
    let mut tails = text.char_indices().map(|(start, _)| start);
    tails
        .by_ref()
        .chain([text.len()])
        .any(|start| matches(rest, text.get(start..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_part() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "/a/b"),
            ("/dav/*", "/dav/"),
            ("/dav/*", "/dav/a/b"),
            ("/*/token", "/common/oauth2/token"),
            ("*a*b", "/äab/b"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("/dav/*", "/dav"),
            ("/*/token", "/token"),
            ("*/token", "/token/"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_rule_is_for_a_method_a_path_and_an_account() {
        let rule = FaultRule::on("POST /token", Fault::Stall);
        assert!(rule.fits("POST", "/token", None));
        assert!(!rule.fits("GET", "/token", None));
        assert!(!rule.fits("POST", "/token/", None));
        let rule = FaultRule::on("/token", Fault::Stall).account("anna");
        assert!(rule.fits("PUT", "/token", Some("anna")));
        assert!(!rule.fits("PUT", "/token", Some("ben")));
        assert!(!rule.fits("PUT", "/token", None));
    }

    #[test]
    fn a_misspelt_rule_is_refused() {
        let read = |text| serde_json::from_str::<FaultRule>(text);
        let rule = read(r#"{"route": "/token", "fault": {"kind": "lost-answer"}}"#).unwrap();
        assert_eq!(rule, FaultRule::on("/token", Fault::LostAnswer));
        for text in [
            r#"{"rout": "/token", "fault": {"kind": "stall"}}"#,
            r#"{"fault": {"kind": "stal"}}"#,
            r#"{"fault": {"kind": "latency", "secs": 1}}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
