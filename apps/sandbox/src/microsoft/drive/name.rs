//! The names that OneDrive takes.
//! <https://support.microsoft.com/office/restrictions-and-limitations-in-onedrive-and-sharepoint-64883a5d-228e-48f5-b3d2-eb39e07630fa>

use super::refusal::Refusal;

const FORBIDDEN: &[char] = &['"', '*', ':', '<', '>', '?', '/', '\\', '|'];

/// The most characters of a name, and of all names on the way with the slashes between them.
const MOST_IN_NAME: usize = 255;
const MOST_IN_PATH: usize = 399;

/// Names that Windows keeps for itself, without the numbered ones, and those of SharePoint.
const RESERVED: [&str; 6] = [".lock", "con", "prn", "aux", "nul", "desktop.ini"];

/// Refuses what is no name.
pub(super) fn check(name: &str) -> Result<(), Refusal> {
    if is_allowed(name) {
        return Ok(());
    }
    let message = "The provided name cannot contain leading, or trailing, spaces or any of the following \
                   characters: \" * : < > ? / \\ |, and must not be reserved or too long";
    Err(Refusal::invalid_request(message))
}

/// Refuses a way that is too long; `names` leads from the top folder to the item.
pub(super) fn check_path<'n>(names: impl Iterator<Item = &'n str>) -> Result<(), Refusal> {
    let lengths = names.map(|name| name.chars().count() + 1);
    if lengths.sum::<usize>() <= MOST_IN_PATH + 1 {
        return Ok(());
    }
    let message = "The specified file or folder name is too long. The URL path for all files and folders \
                   must be 400 characters or less";
    Err(Refusal::invalid_request(message))
}

/// Whether an item can have this name.
pub(super) fn is_allowed(name: &str) -> bool {
    let is_clean = !name.contains(FORBIDDEN) && !name.contains(char::is_control);
    let is_bare = !name.starts_with(' ') && !name.ends_with([' ', '.']);
    let is_fit = !name.is_empty() && name.chars().count() <= MOST_IN_NAME;
    is_clean && is_bare && is_fit && !is_reserved(&name.to_lowercase())
}

fn is_reserved(name: &str) -> bool {
    let is_port = name
        .strip_prefix("com")
        .or(name.strip_prefix("lpt"))
        .is_some_and(|number| {
            number.len() == 1 && number.starts_with(|it: char| it.is_ascii_digit())
        });
    is_port || RESERVED.contains(&name) || name.starts_with("~$") || name.contains("_vti_")
}

/// The name with everything replaced that it must not have.
pub(super) fn made_allowed(name: &str) -> String {
    let is_clean = |letter: &char| !FORBIDDEN.contains(letter) && !letter.is_control();
    let mut name: String = name
        .chars()
        .map(|letter| if is_clean(&letter) { letter } else { '_' })
        .collect();
    if name.ends_with([' ', '.']) {
        name.pop();
        name.push('_');
    }
    if is_allowed(&name) {
        name
    } else {
        format!("_{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::ODD_NAMES;

    #[test]
    fn odd_names_are_allowed_as_far_as_they_are_out_there() {
        for name in [
            "100% #1? a".replace('?', "!").as_str(),
            ".hidden",
            "a..b",
            "COM10",
            "con.txt",
        ] {
            assert!(is_allowed(name), "{name}");
        }
        let long = "n".repeat(256);
        for name in [
            "", " a", "a ", "a.", "..", "a:b", "a\\b", "a\tb", "CON", "lpt1", "~$a.docx",
            "x_vti_y", &long,
        ] {
            assert!(!is_allowed(name), "{name}");
        }
    }

    #[test]
    fn every_name_can_be_made_one() {
        for name in ODD_NAMES {
            assert!(is_allowed(&made_allowed(name)), "{name}");
        }
    }

    #[test]
    fn a_path_has_fewer_than_four_hundred_characters() {
        let half = "é".repeat(199);
        assert!(check_path([&*half, &*half].into_iter()).is_ok());
        let more = format!("{half}é");
        assert!(check_path([&*half, &*more].into_iter()).is_err());
    }
}
