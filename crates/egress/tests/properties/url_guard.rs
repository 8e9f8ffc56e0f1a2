//! What the URL rules let pass means the same to every reader, and leads to no inside (S-02..S-06).
//!
//! The second reader is `http`, which shares no code with `url` and is what the transport believes.

use std::net::IpAddr;

use http::Uri;
use url::{Host, Url};
use wharf_egress::{Exceptions, Issuer, Policy, Refusal};

use super::address_table;

/// Judges the text as a typed address.
pub(crate) fn holds(text: &str) {
    // Plain http is allowed, so that the scheme refuses less and the other rules see more.
    let policy = Policy::new(Exceptions {
        allow_http: true,
        ..Exceptions::default()
    });
    let Ok(checked) = policy.check_typed(text) else {
        return;
    };
    let url = checked.into_url();
    is_plain(&url);
    leads_outside(&url);
    let as_sent = url.as_str().parse().expect("the transport can send it");
    is_read_alike(&url, &as_sent);
    if let Ok(as_typed) = text.parse() {
        is_read_alike(&url, &as_typed);
    }
    is_judged_alike_again(&policy, &url);
}

fn is_plain(url: &Url) {
    assert!(["https", "http"].contains(&url.scheme()), "{url}");
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
    let port = url.port_or_known_default();
    assert!(matches!(port, Some(443 | 8443 | 80)), "{url}");
}

fn leads_outside(url: &Url) {
    match url.host() {
        Some(Host::Ipv4(address)) => assert!(address_table::is_public(address.into()), "{url}"),
        Some(Host::Ipv6(address)) => assert!(address_table::is_public(address.into()), "{url}"),
        Some(Host::Domain(name)) => is_public_name(name),
        None => panic!("no host: {url}"),
    }
}

/// Two labels or more, and nothing that a lenient resolver takes for an IPv4 address.
fn is_public_name(name: &str) {
    let name = name.strip_suffix('.').unwrap_or(name);
    let (_, last) = name.rsplit_once('.').expect("two labels");
    assert!(name.is_ascii() && name.len() <= 253, "{name}");
    let is_number = last.starts_with(|first: char| first.is_ascii_digit())
        && last
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'x');
    assert!(!is_number || last.parse::<u64>().is_err(), "{name}");
    assert!(!["localhost", "local", "internal", "arpa"].contains(&last));
}

fn is_read_alike(url: &Url, second: &Uri) {
    let authority = second.authority().expect("an authority");
    assert!(!authority.as_str().contains('@'), "{url} {second}");
    assert_eq!(Some(url.scheme()), second.scheme_str());
    let default = if url.scheme() == "https" { 443 } else { 80 };
    let port = second.port_u16().unwrap_or(default);
    assert_eq!(url.port_or_known_default(), Some(port), "{second}");
    let host = url.host_str().expect("a host");
    let second_host = authority.host().to_ascii_lowercase();
    match (literal(host), literal(&second_host)) {
        (None, None) => assert_eq!(host, second_host),
        (first, second) => assert_eq!(first, second, "{url}"),
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

/// What was stored is judged again before each use, so it must not change its meaning.
fn is_judged_alike_again(policy: &Policy, url: &Url) {
    match policy.check_typed(url.as_str()) {
        Ok(again) => assert_eq!(again.as_url(), url),
        // Escapes may make it longer than a typed one may be.
        Err(refusal) => assert_eq!(refusal, Refusal::Length, "{url}"),
    }
    let issued = policy.check_issued(url.as_str(), Issuer::Origin(url));
    assert!(matches!(issued, Ok(_) | Err(Refusal::Length)), "{url}");
}
