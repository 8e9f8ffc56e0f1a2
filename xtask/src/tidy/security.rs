//! `SECURITY.md` names the requirements that are proven; the code names each of them.

use super::File;

const DOCUMENT: &str = "SECURITY.md";

/// Every requirement of the document's table that no Rust source names.
pub(super) fn findings(files: &[File]) -> Vec<String> {
    let documents = files.iter().filter(|file| file.path == DOCUMENT);
    let promised = documents.flat_map(|file| promised(&file.text));
    let unproven = promised.filter(|number| !is_named(files, number));
    unproven
        .map(|number| format!("{DOCUMENT}: no source names {number}"))
        .collect()
}

fn is_named(files: &[File], number: &str) -> bool {
    let mut sources = files
        .iter()
        .filter(|file| file.path.ends_with(".rs") && !file.path.starts_with("xtask/"));
    sources.any(|file| file.text.contains(number))
}

/// The numbers in the rows of tables; `S-01..S-03` are three.
fn promised(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let words = rows.flat_map(|row| row.split([' ', ',', '|']));
    words.flat_map(numbers).collect()
}

fn numbers(word: &str) -> Vec<String> {
    let (first, last) = word.split_once("..").unwrap_or((word, word));
    let (Some((kind, first)), Some((_, last))) = (number(first), number(last)) else {
        return Vec::new();
    };
    let numbers = first..=last;
    numbers
        .map(|number| format!("{kind}-{number:02}"))
        .collect()
}

/// The kind and the number of `S-08`.
fn number(word: &str) -> Option<(&str, u8)> {
    let (kind, digits) = word.split_once('-')?;
    let is_kind = kind.len() == 1 && kind.chars().all(|it| it.is_ascii_uppercase());
    let number = (digits.len() == 2).then(|| digits.parse().ok())??;
    is_kind.then_some((kind, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_range_is_every_number_in_it() {
        let text = "S-09 in prose\n| S-01..S-03, K-04 | egress |\n";
        assert_eq!(promised(text), ["S-01", "S-02", "S-03", "K-04"]);
    }

    #[test]
    fn a_promise_that_no_source_names_is_found() {
        let files = [
            file("SECURITY.md", "| A-01..A-03 | tokens |\n"),
            file("crates/identity/src/lib.rs", "// A-01 and A-03"),
            file("xtask/src/main.rs", "// A-02"),
        ];
        assert_eq!(findings(&files), ["SECURITY.md: no source names A-02"]);
    }
}
