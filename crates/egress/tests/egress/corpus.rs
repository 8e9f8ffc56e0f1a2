//! The corpus of hostile and honest URLs, run without a socket (S-02..S-07, S-09).

#[path = "../corpus/rows.rs"]
mod rows;

use url::{Host, Url};
use wharf_egress::{Exceptions, Issuer, Policy, Refusal, Trust};

use self::rows::{Row, always_refused, rows, unescape};

/// Plain http is allowed, so that the address rule and not the scheme decides.
fn policy() -> Policy {
    Policy::new(Exceptions {
        allow_http: true,
        ..Exceptions::default()
    })
}

/// Every stage a request passes on its way out.
fn judge(row: &Row) -> Result<(), Refusal> {
    let checked = policy().check_typed(&row.url)?;
    judge_answers(row, checked.as_url())
}

/// What the resolver sees: names only, for it is never asked about an address literal.
fn judge_answers(row: &Row, url: &Url) -> Result<(), Refusal> {
    match url.host() {
        Some(Host::Domain(name)) => policy().check_answers(Trust::Typed, name, &row.answers),
        _ => Ok(()),
    }
}

#[test]
fn the_corpus_is_whole() {
    let rows = rows();
    assert_eq!(rows.len(), 495);
    assert_eq!(rows.iter().filter(|row| row.is_allowed).count(), 74);
    assert_eq!(
        unescape(r"a\t\n\r\\\x7fb\u{202e}"),
        "a\t\n\r\\\u{7f}b\u{202e}"
    );
}

#[test]
fn every_row_is_judged_as_expected() {
    for row in rows() {
        let verdict = judge(&row);
        assert_eq!(
            verdict.is_ok(),
            row.is_allowed,
            "{} {:?}: {verdict:?}",
            row.class,
            row.url
        );
    }
}

// A class falls to the rule that is made for it, not to another that happens to catch it.
#[test]
fn every_class_meets_its_own_rule() {
    for (class, rules) in [
        ("ipv4-private", ["address"].as_slice()),
        ("ipv4-loopback", &["address"]),
        ("ipv4-linklocal", &["address"]),
        ("ipv4-cgnat", &["address"]),
        ("ipv4-noncanonical", &["ipv4-spelling"]),
        ("ipv4-encoded", &["ipv4-spelling"]),
        ("ipv6-loopback", &["address"]),
        ("ipv6-mapped", &["address"]),
        ("nat64", &["address"]),
        ("6to4", &["address"]),
        ("isatap", &["address"]),
        ("ula", &["address"]),
        ("localhost-name", &["single-label", "name-suffix"]),
        ("special-tld", &["name-suffix"]),
        ("single-label", &["single-label"]),
        ("dns", &["address", "resolve"]),
        ("dns-mixed", &["address"]),
        ("userinfo", &["userinfo", "percent-host"]),
        ("backslash", &["backslash"]),
        ("control-char", &["control-character"]),
        ("percent-host", &["percent-host", "userinfo"]),
        ("scheme", &["scheme"]),
        ("port", &["port", "host"]),
        ("query-fragment", &["query-fragment"]),
        ("ctl-path", &["encoded-control"]),
    ] {
        let rows: Vec<_> = rows()
            .into_iter()
            .filter(|row| row.class == class)
            .collect();
        assert!(!rows.is_empty(), "{class}");
        for row in rows {
            let rule = judge(&row).unwrap_err().rule();
            assert!(rules.contains(&rule), "{class} {:?}: {rule}", row.url);
        }
    }
}

// S-09: a guard in the resolver alone would let every address literal through.
#[test]
fn without_the_url_stage_many_rows_would_pass() {
    let passes_unchecked = |row: &Row| match Url::parse(&row.url) {
        Ok(url) => url.has_host() && judge_answers(row, &url).is_ok(),
        Err(_) => false,
    };
    let wrongly_passed = rows()
        .iter()
        .filter(|row| !row.is_allowed && passes_unchecked(row))
        .count();
    assert!(wrongly_passed >= 150, "{wrongly_passed}");
}

fn judge_issued(row: &Row, issuer: Issuer<'_>) -> Result<(), Refusal> {
    let checked = policy().check_issued(&row.url, issuer)?;
    judge_answers(row, checked.as_url())
}

// O-12: a server names its poll endpoint; nothing of the corpus is its own.
#[test]
fn no_row_is_a_poll_endpoint_of_another_server() {
    let server = "https://cloud.example.org/".parse().unwrap();
    let refused = always_refused();
    assert!(refused.len() > 400, "{}", refused.len());
    for row in refused {
        let verdict = judge_issued(&row, Issuer::Origin(&server));
        assert!(verdict.is_err(), "{} {:?}", row.class, row.url);
    }
}

// S-16: not even where the server itself has the address, so that nothing but the address rule is left.
#[test]
fn no_row_is_a_poll_endpoint_of_its_own_server() {
    for row in always_refused() {
        if let Ok(own) = Url::parse(&row.url) {
            let verdict = judge_issued(&row, Issuer::Origin(&own));
            assert!(verdict.is_err(), "{} {:?}", row.class, row.url);
        }
    }
    for row in rows().iter().filter(|row| row.is_allowed) {
        let own = Url::parse(&row.url).unwrap();
        let verdict = judge_issued(row, Issuer::Origin(&own));
        assert_eq!(verdict, Ok(()), "{} {:?}", row.class, row.url);
    }
}
