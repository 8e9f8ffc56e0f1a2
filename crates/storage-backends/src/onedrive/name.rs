//! The names that OneDrive takes. What it would refuse is refused before it is asked, for it refuses with words
//! only, and some names it changes. It sends nothing.
//! <https://support.microsoft.com/office/restrictions-and-limitations-in-onedrive-and-sharepoint-64883a5d-228e-48f5-b3d2-eb39e07630fa>

use wharf_domain::item::ItemName;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

/// The most characters that the names on the way to an item have, its own included, each with a slash
/// before it.
pub(crate) const MAX_PATH_CHARS: usize = 400;

const FORBIDDEN: &[char] = &['"', '*', ':', '<', '>', '?', '/', '\\', '|'];

/// Names that Windows or SharePoint keep for themselves, in lower case. Case does not matter.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", ".lock", "desktop.ini"];

/// The same with a digit behind it.
const NUMBERED: [&str; 2] = ["com", "lpt"];

/// A name that OneDrive takes as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    /// The name, if OneDrive takes it.
    pub(crate) fn of(name: &ItemName) -> Result<Self, Fault> {
        let text = name.as_str();
        let is_trimmed = !text.starts_with(' ') && !text.ends_with([' ', '.']);
        if is_trimmed && !text.contains(FORBIDDEN) && !is_reserved(&text.to_lowercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(StorageErrorKind::NameNotAllowed.into())
        }
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters of a path it takes.
    pub(crate) fn path_chars(&self) -> usize {
        1 + self.0.chars().count()
    }
}

fn is_reserved(name: &str) -> bool {
    let has_number = |word: &&str| {
        let number = name.strip_prefix(*word);
        number.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
    };
    RESERVED.contains(&name)
        || NUMBERED.iter().any(has_number)
        || name.starts_with("~$")
        || name.contains("_vti_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_or_refused_as_microsoft_says() {
        for name in [
            "report.pdf",
            "100% #1!+&;.txt",
            ".hidden",
            "\u{dc}\u{1f600}",
            "con.txt",
            "com10",
            "a . b",
            "it's",
            "~a$",
        ] {
            assert_eq!(Name::of(&name.parse().unwrap()).unwrap().as_str(), name);
        }
        for name in [
            "a\"b",
            "a*",
            "a:b",
            "a<b",
            "a>b",
            "a?",
            "a\\b",
            "a|b",
            " a",
            "a ",
            "a.",
            "...",
            "CON",
            "Nul",
            "com0",
            "LPT9",
            ".LOCK",
            "Desktop.ini",
            "~$a.docx",
            "a_VTI_b",
        ] {
            let refused = Name::of(&name.parse().unwrap()).unwrap_err();
            assert_eq!(refused.kind, StorageErrorKind::NameNotAllowed, "{name}");
        }
    }
}
