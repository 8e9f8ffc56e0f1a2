//! Exports come back as they went, and in no other spelling.

use std::fs;
use std::path::Path;

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};
use wharf_audit::ExportError;
use wharf_audit::export::Line;
use wharf_domain::trail::{ChainHash, Link};

use crate::fixture::{Trail, event};
use crate::line;

const GOLDEN: &str = include_str!("golden/export.jsonl");

fn line_of(text: &str) -> String {
    let mut event = event(1);
    event.actor_kind = text.to_owned();
    event.metadata = text.to_owned();
    let link = Link {
        position: 1,
        event,
        hash: ChainHash([1; 32]),
    };
    Line::Link(Box::new(link)).to_string()
}

// L-09
proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_event_is_one_line_of_printable_ascii(text in any::<String>()) {
        let line = line_of(&text);
        prop_assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line}");
        let Line::Link(read) = Line::parse(&line).unwrap() else {
            panic!("it was a link: {line}");
        };
        prop_assert_eq!(read.event.metadata, text);
    }

    #[test]
    fn a_damaged_line_is_refused_or_means_what_it_says(
        at in any::<prop::sample::Index>(),
        byte in b' '..=b'~',
        golden in 0..GOLDEN.lines().count(),
    ) {
        let mut line = GOLDEN.lines().nth(golden).unwrap().as_bytes().to_vec();
        let place = at.index(line.len());
        line[place] = byte;
        line::holds(std::str::from_utf8(&line).unwrap());
    }
}

/// Tries again what the fuzz target keeps in `fuzz/corpus`.
#[test]
fn the_kept_lines_hold() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/audit_line");
    let mut tried = 0;
    for entry in fs::read_dir(corpus).unwrap() {
        line::holds(&fs::read_to_string(entry.unwrap().path()).unwrap());
        tried += 1;
    }
    assert!(tried >= GOLDEN.lines().count());
}

// L-09
#[test]
fn what_turns_a_line_around_or_ends_it_is_escaped() {
    for (character, escaped) in [
        ('\n', "\\n"),
        ('\u{7f}', "\\u007f"),
        ('\u{85}', "\\u0085"),
        ('\u{2028}', "\\u2028"),
        ('\u{202e}', "\\u202e"),
        ('\u{1f600}', "\\ud83d\\ude00"),
        ('"', "\\\""),
    ] {
        let line = line_of(&character.to_string());
        let kind = format!("\"actor_kind\":\"{escaped}\"");
        assert!(line.contains(&kind), "{line}");
    }
}

#[test]
fn a_line_is_read_in_no_other_spelling() {
    let trail = Trail::of(1, 1);
    let lines = [
        Line::Start,
        Line::Link(Box::new(Link::clone(&trail.links[0]))),
        Line::Checkpoint(trail.checkpoints[0]),
        Line::End {
            links: 1,
            checkpoints: 1,
        },
    ];
    for line in lines {
        let text = line.to_string();
        assert_eq!(Line::parse(&text), Ok(line));
        let doubled = text.replacen('{', "{\"kind\":\"end\",", 1);
        let longer = text.replacen('{', "{\"more\":1,", 1);
        for other in [
            format!("{text} "),
            text.replacen(':', ": ", 1),
            longer,
            doubled,
        ] {
            let read = Line::parse(&other);
            assert!(
                matches!(read, Err(ExportError::Unusual | ExportError::Malformed)),
                "{other}"
            );
        }
    }
}

/// What no hash covers is seen by whoever reads the file, so it has to be right as well.
#[test]
fn a_time_in_words_that_is_not_the_time_is_refused() {
    let line = line_of("x");
    let later = line.replace("2026-11-23", "2026-11-24");
    assert_ne!(later, line);
    assert_eq!(Line::parse(&later), Err(ExportError::Unusual));
}

#[test]
fn what_no_export_writes_is_malformed() {
    let line = line_of("x");
    for broken in [
        String::new(),
        "{}".to_owned(),
        line.replace("\"kind\":\"event\"", "\"kind\":\"other\""),
        line.replace("\"client_network\":null", "\"client_network\":\"x\""),
        line.replace(&"01".repeat(32), &"01".repeat(31)),
        line.replace(&"01".repeat(32), &"0g".repeat(32)),
        line.replace("a1a1a1a1-", "a1a1a1a1"),
    ] {
        assert_eq!(
            Line::parse(&broken),
            Err(ExportError::Malformed),
            "{broken}"
        );
    }
    let newer = Line::parse(r#"{"kind":"export","version":2}"#);
    assert_eq!(newer, Err(ExportError::UnknownVersion { version: 2 }));
}
