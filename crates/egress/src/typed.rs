//! Judges the text of a URL before and while it is parsed (S-02, S-03, S-04).
//!
//! Only what a person typed or an answer named comes here; a URL our code built has no text to judge.
//! What the parsed URL may point to is `policy`'s.

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::Refusal;

/// The longest text that is looked at, in bytes, without its query (S-02).
const MAX_LENGTH: usize = 2048;

/// The same with its query: signed URLs carry whole tokens there (I-01).
const MAX_WITH_QUERY: usize = 8192;

/// A URL that passed every rule that needs no resolver.
///
/// Has an allowed scheme and port, a host, no user name and no password; a typed one has no query or
/// fragment either. Its name may still be refused when it is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedUrl(Url);

impl CheckedUrl {
    /// The caller has checked the URL by every rule.
    pub(crate) fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The URL, owned.
    pub fn into_url(self) -> Url {
        self.0
    }
}

/// Parses what a person typed, where its form leaves no two readers in doubt.
pub(crate) fn parse(text: &str) -> Result<Url, Refusal> {
    let url = parse_issued(text)?;
    // S-03: a base URL has neither.
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Refusal::QueryOrFragment);
    }
    Ok(url)
}

/// Parses what an answer named: like typed text, but that it may have a query, which is where
/// signatures stand.
pub(crate) fn parse_issued(text: &str) -> Result<Url, Refusal> {
    check_characters(text)?;
    let authority = authority(text)?;
    if authority.contains('@') {
        return Err(Refusal::Userinfo);
    }
    if authority.contains('%') {
        return Err(Refusal::PercentHost);
    }
    let url = Url::parse(text).map_err(|_| Refusal::Host)?;
    check_ipv4_spelling(&url, authority)?;
    check_path(&url)?;
    Ok(url)
}

/// Parses the reference to another place that an answer to `from` names (RFC 3986, section 4.2): whole,
/// without its scheme, or a path. Each is held to what is asked of whole ones, and a path stays a path
/// whoever reads it.
pub(crate) fn parse_reference(from: &Url, text: &str) -> Result<Url, Refusal> {
    check_characters(text)?;
    if text.starts_with("//") {
        return parse_issued(&format!("{}:{text}", from.scheme()));
    }
    // A colon before any slash ends a scheme (section 4.2).
    let first = text.find([':', '/', '?', '#']);
    if first.is_some_and(|at| text.get(at..).is_some_and(|rest| rest.starts_with(':'))) {
        return parse_issued(text);
    }
    let url = from.join(text).map_err(|_| Refusal::Host)?;
    check_path(&url)?;
    Ok(url)
}

/// S-02
fn check_characters(text: &str) -> Result<(), Refusal> {
    let before_query = text.find('?').unwrap_or(text.len());
    if before_query > MAX_LENGTH || text.len() > MAX_WITH_QUERY {
        return Err(Refusal::Length);
    }
    if text.contains(char::is_control) {
        return Err(Refusal::ControlCharacter);
    }
    if text.contains('\\') {
        return Err(Refusal::Backslash);
    }
    if text != text.trim() {
        return Err(Refusal::Space);
    }
    Ok(())
}

/// The host and port as typed: what stands between `scheme://` and the path (S-02).
fn authority(text: &str) -> Result<&str, Refusal> {
    let (scheme, rest) = text.split_once("://").ok_or(Refusal::Scheme)?;
    if !["https", "http"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return Err(Refusal::Scheme);
    }
    match rest.split(['/', '?', '#']).next() {
        Some(authority) if !authority.is_empty() => Ok(authority),
        _ => Err(Refusal::Host),
    }
}

/// `010.0.0.1` is 8.0.0.1 to one parser and 10.0.0.1 to another, so only the spelling that both
/// would print is taken (S-04).
fn check_ipv4_spelling(url: &Url, authority: &str) -> Result<(), Refusal> {
    let typed_host = authority.split(':').next();
    match url.host() {
        Some(Host::Ipv4(address)) if typed_host != Some(&address.to_string()) => {
            Err(Refusal::Ipv4Spelling)
        }
        _ => Ok(()),
    }
}

/// S-03
fn check_path(url: &Url) -> Result<(), Refusal> {
    // A byte that is no UTF-8 becomes U+FFFD, which is no control character.
    let path = percent_decode_str(url.path()).decode_utf8_lossy();
    if path.contains(char::is_control) {
        return Err(Refusal::EncodedControl);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-02
    #[test]
    fn length_ends_at_2048_bytes() {
        let url = |length: usize| format!("https://a.org/{}", "p".repeat(length - 14));
        assert!(parse(&url(2048)).is_ok());
        assert_eq!(parse(&url(2049)), Err(Refusal::Length));
    }

    // S-02..S-04: each text breaks one rule, and that rule is the one named.
    #[test]
    fn names_the_rule_that_was_broken() {
        for (text, refusal) in [
            ("https://a.org/\u{7f}", Refusal::ControlCharacter),
            ("https://a.org/\u{85}", Refusal::ControlCharacter),
            ("https://a.org\\b", Refusal::Backslash),
            (" https://a.org/", Refusal::Space),
            ("https://a.org/\u{3000}", Refusal::Space),
            ("", Refusal::Scheme),
            ("a.org", Refusal::Scheme),
            ("https:/a.org", Refusal::Scheme),
            ("ftp://a.org/", Refusal::Scheme),
            ("https://", Refusal::Host),
            ("https:///a.org", Refusal::Host),
            ("https://a.org:65536/", Refusal::Host),
            ("https://a b.org/", Refusal::Host),
            ("https://u@a.org/", Refusal::Userinfo),
            ("https://a%2eorg/", Refusal::PercentHost),
            ("https://8.8.2056/", Refusal::Ipv4Spelling),
            ("https://8.8.8.8./", Refusal::Ipv4Spelling),
            ("https://a.org/?", Refusal::QueryOrFragment),
            ("https://a.org/#", Refusal::QueryOrFragment),
            ("https://a.org/%0a", Refusal::EncodedControl),
            ("https://a.org/%C2%85", Refusal::EncodedControl),
        ] {
            assert_eq!(parse(text), Err(refusal), "{text:?}");
        }
    }

    // S-03: bytes above ASCII are letters of some path, not control characters.
    #[test]
    fn encoded_letters_pass() {
        for text in [
            "https://a.org/%C3%9C",
            "https://a.org/%85",
            "HTTPS://8.8.8.8:443/%20@",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }
}
