//! The corpus of hostile and honest URLs, run without a socket (S-02..S-07, S-09).

use std::net::IpAddr;

use url::{Host, Url};
use wharf_egress::{Exceptions, Policy, Refusal, Trust};

const CORPUS: &str = include_str!("../corpus/ssrf.tsv");

struct Row {
    url: String,
    class: &'static str,
    is_allowed: bool,
    /// What the name resolves to; nothing where there is no such name.
    answers: Vec<IpAddr>,
}

fn rows() -> Vec<Row> {
    CORPUS.lines().skip(1).map(parse_row).collect()
}

fn parse_row(line: &'static str) -> Row {
    let columns: Vec<_> = line.split('\t').collect();
    let [url, class, expected, note] = columns[..] else {
        panic!("four columns: {line}")
    };
    let is_allowed = match expected {
        "allow" => true,
        "block" => false,
        other => panic!("neither allow nor block: {other}"),
    };
    Row {
        url: unescape(url),
        class,
        is_allowed,
        answers: parse_answers(note),
    }
}

fn parse_answers(note: &str) -> Vec<IpAddr> {
    let list = note
        .strip_prefix("resolve=")
        .and_then(|rest| rest.split(';').next());
    let addresses = list
        .unwrap_or_default()
        .split(',')
        .filter(|address| !address.is_empty());
    addresses.map(|address| address.parse().unwrap()).collect()
}

/// Reads `\t \n \r \\ \xHH \u{H}`.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (character, after) = unescape_one(after);
        plain.push(character);
        rest = after;
    }
    plain + rest
}

fn unescape_one(text: &str) -> (char, &str) {
    let (kind, after) = text.split_at(1);
    let from_hex = |digits| char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap();
    match kind {
        "t" => ('\t', after),
        "n" => ('\n', after),
        "r" => ('\r', after),
        "\\" => ('\\', after),
        "x" => (from_hex(&after[..2]), &after[2..]),
        "u" => {
            let (digits, after) = after[1..].split_once('}').unwrap();
            (from_hex(digits), after)
        }
        other => panic!("unknown escape: {other}"),
    }
}

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
