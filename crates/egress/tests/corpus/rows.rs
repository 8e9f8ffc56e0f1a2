//! The corpus of hostile and honest URLs, one row a line: URL, class, whether it is allowed, and what
//! its name resolves to. Its rows are never dialled.

use std::net::IpAddr;

const CORPUS: &str = include_str!("ssrf.tsv");

pub(crate) struct Row {
    pub(crate) url: String,
    pub(crate) class: &'static str,
    pub(crate) is_allowed: bool,
    /// What the name resolves to; nothing where there is no such name.
    pub(crate) answers: Vec<IpAddr>,
}

pub(crate) fn rows() -> Vec<Row> {
    CORPUS.lines().skip(1).map(parse_row).collect()
}

/// The rows that are refused in whatever role: those with a query are so as typed text only.
pub(crate) fn always_refused() -> Vec<Row> {
    let is_refused = |row: &Row| !row.is_allowed && row.class != "query-fragment";
    rows().into_iter().filter(is_refused).collect()
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
pub(crate) fn unescape(text: &str) -> String {
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
