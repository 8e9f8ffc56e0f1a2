//! Rules for Rust files: each says what it is for, none is long, no test is
//! switched off, nothing is left for later.

use super::File;

/// How a file says what it is for; a crate may say it in its README.
const OPENINGS: [&str; 2] = ["//!", "#![doc = include_str!(\"../README.md\")]"];

/// A longer file holds more than one concept.
const MAX_LINES: usize = 600;

/// What must not stand in a source file, and why. Written in two halves, so
/// that this file does not hold what it forbids.
const FORBIDDEN: [(&str, &str); 3] = [
    (concat!("#[", "ignore"), "a test is run or it is removed"),
    (concat!("should", "_panic"), "assert on the error itself"),
    (concat!("todo", "!("), "finish it or leave it out"),
];

/// The findings in one file.
pub(super) fn findings(file: &File) -> Vec<String> {
    if !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let path = &file.path;
    let mut found = Vec::new();
    if !OPENINGS.iter().any(|it| file.text.starts_with(it)) {
        found.push(format!("{path}: does not open with //! and its purpose"));
    }
    let count = file.text.lines().count();
    if count > MAX_LINES && !may_be_long(path) {
        found.push(format!("{path}: {count} lines, more than {MAX_LINES}"));
    }
    for (number, line) in (1..).zip(file.text.lines()) {
        let forbidden = FORBIDDEN.iter().filter(|(word, _)| line.contains(word));
        found.extend(forbidden.map(|(word, why)| format!("{path}:{number}: {word}: {why}")));
    }
    found
}

/// Tests may be long tables, and the database schema is one.
fn may_be_long(path: &str) -> bool {
    path.split('/').any(|part| part == "tests") || path.ends_with("/schema.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        findings(&File {
            path: path.to_owned(),
            text: text.to_owned(),
        })
    }

    #[test]
    fn a_file_that_says_its_purpose_is_fine() {
        assert!(found("a.rs", "//! Purpose.\n").is_empty());
        let crate_doc = "#![doc = include_str!(\"../README.md\")]\n";
        assert!(found("src/lib.rs", crate_doc).is_empty());
    }

    #[test]
    fn a_file_with_no_purpose_is_found() {
        let expected = ["a.rs: does not open with //! and its purpose"];
        assert_eq!(found("a.rs", "use std::fs;\n"), expected);
    }

    #[test]
    fn a_long_file_is_found_unless_it_may_be_long() {
        let text = format!("//! Long.\n{}", "\n".repeat(600));
        assert_eq!(
            found("src/a.rs", &text),
            ["src/a.rs: 601 lines, more than 600"]
        );
        assert!(found("crates/a/tests/a.rs", &text).is_empty());
        assert!(found("crates/a/src/schema.rs", &text).is_empty());
    }

    #[test]
    fn each_forbidden_word_is_found_where_it_stands() {
        for (word, _) in FORBIDDEN {
            let found = found("a.rs", &format!("//! It.\n{word}\n"));
            assert_eq!(found.len(), 1);
            assert!(found[0].starts_with("a.rs:2: "));
        }
    }

    #[test]
    fn other_files_may_say_what_they_like() {
        assert!(found("a.md", concat!("todo", "!()")).is_empty());
    }
}
