//! Decision records are named `docs/adr/NNNN-title.md` and counted without a
//! gap, so that a number cited in a comment leads to one text.

use super::File;

const FOLDER: &str = "docs/adr/";

/// Every name that is none, and every gap.
pub(super) fn findings(files: &[File]) -> Vec<String> {
    let names = files
        .iter()
        .filter_map(|file| file.path.strip_prefix(FOLDER));
    let mut found = Vec::new();
    let mut numbers = Vec::new();
    for name in names {
        match number(name) {
            Some(number) => numbers.push(number),
            None => found.push(format!("{FOLDER}{name}: not named NNNN-title.md")),
        }
    }
    numbers.sort_unstable();
    let misplaced = (1..)
        .zip(numbers)
        .find(|(expected, number)| expected != number);
    if let Some((expected, number)) = misplaced {
        found.push(format!(
            "{FOLDER}: {expected:04} should come where {number:04} is"
        ));
    }
    found
}

/// The number of a well-formed name: four digits, then lower-case words.
fn number(name: &str) -> Option<u32> {
    let (number, title) = name.strip_suffix(".md")?.split_once('-')?;
    let is_word = |word: &str| {
        let mut characters = word.chars();
        !word.is_empty() && characters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    let well_formed = number.len() == 4 && title.split('-').all(is_word);
    well_formed.then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<String> {
        let files: Vec<File> = names
            .iter()
            .map(|name| File {
                path: format!("{FOLDER}{name}"),
                text: String::new(),
            })
            .collect();
        findings(&files)
    }

    #[test]
    fn consecutive_records_are_fine() {
        assert!(found(&["0001-workspace.md", "0002-two-databases.md"]).is_empty());
    }

    #[test]
    fn a_gap_a_double_and_a_bad_name_are_found() {
        let gap = ["docs/adr/: 0002 should come where 0003 is"];
        assert_eq!(found(&["0001-one.md", "0003-three.md"]), gap);
        let double = ["docs/adr/: 0002 should come where 0001 is"];
        assert_eq!(found(&["0001-one.md", "0001-again.md"]), double);
        let bad_name = ["docs/adr/1-One.md: not named NNNN-title.md"];
        assert_eq!(found(&["1-One.md"]), bad_name);
    }
}
