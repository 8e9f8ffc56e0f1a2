//! `ARCHITECTURE.md` names files; each of them exists.

use super::File;

const DOCUMENT: &str = "ARCHITECTURE.md";

/// What a path of ours begins with.
const TOP_FOLDERS: [&str; 8] = [
    ".cargo",
    ".ci",
    ".config",
    "apps",
    "crates",
    "docs",
    "migrations",
    "xtask",
];

/// What a path of ours ends with.
const ENDINGS: [&str; 5] = [".json", ".md", ".rs", ".sql", ".toml"];

/// Every path the document names in backticks that is not there.
pub(super) fn findings(files: &[File], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let documents = files.iter().filter(|file| file.path == DOCUMENT);
    let paths = documents.flat_map(|file| quoted_paths(&file.text));
    let absent = paths.filter(|path| !exists(path));
    absent
        .map(|path| format!("{DOCUMENT}: {path} does not exist"))
        .collect()
}

/// The words in backticks that look like paths from the root. Fenced blocks
/// are passed over: trees and commands stand there.
fn quoted_paths(text: &str) -> impl Iterator<Item = &str> {
    let outside_fences = text.split("```").step_by(2);
    let quoted = outside_fences.flat_map(|part| part.split('`').skip(1).step_by(2));
    quoted.filter(|word| is_path(word))
}

fn is_path(word: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || "/._-".contains(it);
    let Some((top, _)) = word.split_once('/') else {
        return false;
    };
    let ours = TOP_FOLDERS.contains(&top) || ENDINGS.iter().any(|it| word.ends_with(it));
    ours && word.chars().all(plain) && !word.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let document = File {
            path: DOCUMENT.to_owned(),
            text: text.to_owned(),
        };
        findings(&[document], |path| path == "crates/domain")
    }

    #[test]
    fn a_path_that_exists_is_fine() {
        assert!(found("The nouns: `crates/domain`.").is_empty());
    }

    #[test]
    fn a_path_that_is_gone_is_found() {
        let expected = [
            "ARCHITECTURE.md: crates/gone does not exist",
            "ARCHITECTURE.md: routes/mod.rs does not exist",
        ];
        assert_eq!(found("`crates/gone` and `routes/mod.rs`"), expected);
    }

    #[test]
    fn what_is_no_path_is_passed_over() {
        assert!(found("`text/html`, `GET /api/users`, `crates/*`, `std::fs`").is_empty());
        assert!(found("```text\n`crates/gone`\n```").is_empty());
    }
}
