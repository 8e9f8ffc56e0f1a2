//! `wharf egress explain`, by the real program.

use std::fs;
use std::net::IpAddr;
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::process;

#[path = "../../../../crates/egress/tests/corpus/rows.rs"]
#[expect(
    dead_code,
    reason = "the crate's own tests take other parts of the corpus"
)]
mod rows;

use self::rows::{Row, rows};

const DEFAULT: &str = "";
const WITH_HTTP: &str = "allow_http = true";

/// Runs the command under these settings of egress.
fn explain(egress: &str, arguments: &[&str], input: &str) -> Output {
    let folder = TempDir::with_prefix("wharf-api-").unwrap();
    let settings = folder.path().join("wharf.toml");
    fs::write(&settings, format!("[egress]\n{egress}\n")).unwrap();
    let command = ["--config", settings.to_str().unwrap(), "egress", "explain"];
    process::run(folder.path(), &[&command, arguments].concat(), input)
}

/// The objects that were printed, one a line.
fn printed(output: &Output) -> Vec<Value> {
    let text = str::from_utf8(&output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn said(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

// S-12: an operator learns what users must not.
#[test]
fn each_address_gets_its_line_and_a_blocked_one_fails_the_command() {
    let allowed = explain(DEFAULT, &["https://9.9.9.9:8443/"], "");
    assert!(allowed.status.success(), "{allowed:?}");
    let line = json!({
        "url": "https://9.9.9.9:8443/",
        "decision": "allow",
        "rule": null,
        "code": null,
        "reason": null,
    });
    assert_eq!(printed(&allowed), [line]);

    let mixed = ["https://10.0.0.1:8443/", "https://9.9.9.9/"];
    let mixed = explain(DEFAULT, &mixed, "");
    assert!(!mixed.status.success(), "{mixed:?}");
    assert!(said(&mixed).contains("1 of 2"), "{mixed:?}");
    let lines = printed(&mixed);
    assert_eq!(lines[0]["decision"], "block");
    assert_eq!(lines[0]["rule"], "address");
    assert_eq!(lines[0]["code"], "url_not_allowed");
    let reason = lines[0]["reason"].as_str().unwrap();
    assert!(reason.contains("not public"), "{reason}");
    assert_eq!(lines[1]["decision"], "allow");
    assert_eq!(lines.len(), 2);
}

#[test]
fn answers_are_given_by_the_option_or_by_the_line() {
    let url = "https://cloud.example.org/";
    let one = |arguments: &[&str], input: &str| {
        let lines = printed(&explain(DEFAULT, arguments, input));
        assert_eq!(lines.len(), 1, "{arguments:?}");
        (lines[0]["decision"].clone(), lines[0]["rule"].clone())
    };
    let (allow, block) = (json!("allow"), |rule| (json!("block"), json!(rule)));
    let allowed = (allow, Value::Null);
    assert_eq!(one(&[url, "--resolve", "9.9.9.9,2620:fe::fe"], ""), allowed);
    let private = one(&[url, "--resolve", "9.9.9.9,10.0.0.1"], "");
    assert_eq!(private, block("address"));
    assert_eq!(one(&[url, "--resolve", ""], ""), block("resolve"));

    assert_eq!(one(&["-"], &format!("{url}\t9.9.9.9\n")), allowed);
    assert_eq!(one(&["-"], &format!("{url}\t10.0.0.1")), block("address"));
    assert_eq!(one(&["-"], &format!("{url}\t")), block("resolve"));
    let own = one(&["-", "--resolve", "9.9.9.9"], &format!("{url}\tfd00::1"));
    assert_eq!(own, block("address"));
    assert_eq!(one(&["-", "--resolve", "9.9.9.9"], url), allowed);
    let no_answers = one(&["-"], &format!("{url}\tdav"));
    assert_eq!(no_answers, block("control-character"));
}

#[test]
fn a_name_is_looked_up_only_where_that_was_asked() {
    // No resolver knows a name beneath `invalid` (RFC 6761, section 6.4), and a network is
    // excepted, so that the answers decide and not the suffix.
    let lan = "allow_networks = \"192.168.10.5/32\"";
    let url = "https://nobody.invalid:8443/";
    let by_text = explain(lan, &[url], "");
    assert!(by_text.status.success(), "{by_text:?}");
    let reason = printed(&by_text)[0]["reason"].to_string();
    assert!(reason.contains("resolves"), "{reason}");

    let by_dns = explain(lan, &[url, "--dns"], "");
    assert!(!by_dns.status.success(), "{by_dns:?}");
    assert_eq!(printed(&by_dns)[0]["rule"], "resolve");

    let both = explain(lan, &[url, "--dns", "--resolve", "192.168.10.5"], "");
    assert!(printed(&both).is_empty() && !both.status.success());
}

#[test]
fn no_line_is_no_address_and_no_argument_is_an_error() {
    let nothing = explain(DEFAULT, &["-"], "");
    assert!(nothing.status.success() && nothing.stdout.is_empty());
    assert!(!explain(DEFAULT, &[], "").status.success());
}

// S-06
#[test]
fn the_settings_count_even_a_nat64s() {
    let nat64 = "nat64_prefix = \"64:ff9b::/96\"";
    let urls = ["https://[64:ff9b::909:909]/", "https://[64:ff9b::a00:1]/"];
    let behind = printed(&explain(nat64, &urls, ""));
    assert_eq!(behind[0]["decision"], "allow");
    assert_eq!(behind[1]["rule"], "address");
    let undeclared = printed(&explain(DEFAULT, &urls, ""));
    assert_eq!(undeclared[0]["rule"], "address");
}

/// A row as a line of standard input.
fn line(row: &Row) -> String {
    let answers: Vec<_> = row.answers.iter().map(IpAddr::to_string).collect();
    format!("{}\t{}\n", row.url, answers.join(","))
}

// S-02..S-07, S-09: the corpus of hostile and honest URLs as an operator pipes it in. A line cannot hold
// a line feed, so the five rows that have one come as arguments.
#[test]
fn every_row_of_the_corpus_is_decided_as_expected() {
    let (broken, whole): (Vec<_>, Vec<_>) =
        rows().into_iter().partition(|row| row.url.contains('\n'));
    assert_eq!((broken.len(), whole.len()), (5, 490));

    let input: String = whole.iter().map(line).collect();
    let by_lines = explain(WITH_HTTP, &["-"], &input);
    assert!(said(&by_lines).contains("of 490"), "{}", said(&by_lines));
    let urls: Vec<_> = broken.iter().map(|row| row.url.as_str()).collect();
    let by_arguments = explain(WITH_HTTP, &urls, "");

    for (rows, output) in [(whole, by_lines), (broken, by_arguments)] {
        assert!(!output.status.success());
        let lines = printed(&output);
        assert_eq!(lines.len(), rows.len());
        for (row, line) in rows.iter().zip(&lines) {
            let expected = if row.is_allowed { "allow" } else { "block" };
            assert_eq!(line["url"], row.url.as_str());
            assert_eq!(line["decision"], expected, "{} {line}", row.class);
            assert_eq!(line["rule"].is_null(), row.is_allowed, "{line}");
            assert_eq!(line["reason"].is_null(), row.is_allowed, "{line}");
        }
    }
}
