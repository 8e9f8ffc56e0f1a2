//! No file names a place that exists on one machine only.

use super::File;

/// Where people and build machines keep their things. Written in two halves,
/// so that this file does not hold what it forbids.
const PLACES: [&str; 3] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

/// The findings in one file.
pub(super) fn findings(file: &File) -> Vec<String> {
    let lines = (1..).zip(file.text.lines());
    let named = lines.flat_map(|(number, line)| {
        let places = PLACES.iter().filter(|place| names(line, place));
        places.map(move |place| (number, place))
    });
    named
        .map(|(number, place)| format!("{}:{number}: names {place}, a machine's own", file.path))
        .collect()
}

/// Whether a path in the line begins with the place. The same word further on
/// in a path or a URL is another place.
fn names(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(position, _)| {
        let before = line.get(..position).and_then(|it| it.chars().next_back());
        !before.is_some_and(|it| it.is_alphanumeric() || "_-.}>)".contains(it))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        findings(&File {
            path: "a.md".to_owned(),
            text: text.to_owned(),
        })
    }

    #[test]
    fn every_machine_path_is_found() {
        for place in PLACES {
            assert_eq!(found(&format!("see\n`{place}wharf`")).len(), 1);
            assert_eq!(found(&format!("file://{place}wharf")).len(), 1);
        }
    }

    #[test]
    fn the_word_within_another_path_is_fine() {
        let [one, ..] = PLACES;
        assert!(found(&format!("https://cloud.example{one}report.pdf")).is_empty());
        assert!(found(&format!("{{base}}{one}report.pdf")).is_empty());
    }
}
